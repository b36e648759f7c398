/** The 128 bits of a contentHash. */
type Words = readonly [number, number, number, number];
const WORDS = 4;

/**
 * Numbers different hashes 0, 1, 2, … in the order in which they come. A hash takes 16 bytes here and its slot in a hash
 * table (open addressing) another 8, so that a set of 100,000 is no more than 5 MB.
 */
export class HashIndex {
  #size = 0;
  #hashes = new Uint32Array(WORDS * 64);
  /** Twice as many slots as there is room for hashes. A slot holds a number and one; 0 is free. */
  #slots = new Uint32Array(2 * 64);

  has(hash: string): boolean {
    return this.#numberIn(this.#slotOf(wordsOf(hash))) !== undefined;
  }

  /** The hash's number, a new one where it is new. */
  add(hash: string): number {
    const words = wordsOf(hash);
    const slot = this.#slotOf(words);
    const known = this.#numberIn(slot);
    if (known !== undefined) return known;
    const number = this.#size++;
    this.#hashes.set(words, WORDS * number);
    this.#slots[slot] = number + 1;
    if (WORDS * this.#size === this.#hashes.length) this.#grow();
    return number;
  }

  /** The hash of a number. */
  at(number: number): string {
    return this.#wordsAt(number)
      .map((word) => word.toString(16).padStart(8, '0'))
      .join('');
  }

  /** Where the hash is, or would be. The bits of a hash are as good as random: the first ones choose a slot. */
  #slotOf(words: Words): number {
    const mask = this.#slots.length - 1;
    for (let slot = words[0] & mask; ; slot = (slot + 1) & mask) {
      const number = this.#numberIn(slot);
      if (number === undefined || this.#isAt(number, words)) return slot;
    }
  }

  #numberIn(slot: number): number | undefined {
    const held = this.#slots[slot] ?? 0;
    return held === 0 ? undefined : held - 1;
  }

  #isAt(number: number, words: Words): boolean {
    return words.every((word, index) => this.#hashes[WORDS * number + index] === word);
  }

  #wordsAt(number: number): [number, number, number, number] {
    const [one = 0, two = 0, three = 0, four = 0] = this.#hashes.subarray(WORDS * number, WORDS * (number + 1));
    return [one, two, three, four];
  }

  #grow(): void {
    const hashes = new Uint32Array(2 * this.#hashes.length);
    hashes.set(this.#hashes);
    this.#hashes = hashes;
    this.#slots = new Uint32Array(2 * this.#slots.length);
    for (let number = 0; number < this.#size; number++) {
      this.#slots[this.#slotOf(this.#wordsAt(number))] = number + 1;
    }
  }
}

function wordsOf(hash: string): Words {
  const word = (index: number) => Number.parseInt(hash.slice(8 * index, 8 * (index + 1)), 16);
  return [word(0), word(1), word(2), word(3)];
}
