/** What was seen where, by a hash of what was seen. */
export interface PositionTable {
  /** Keeps the first position that is given for a hash; the one that is kept already, if there is one. */
  add(hash: string, position: number): number | undefined;
  find(hash: string): number | undefined;
}

/** A slot: 96 bits of the hash and the position + 1; 0 is a free one. */
const SLOT_WORDS = 4;
const FIRST_SLOTS = 1024;

/**
 * For sets of a million prompts: 16 bytes a slot, at most three quarters of the slots in use, where a Map of strings takes
 * over 100 bytes. Hashes are 128 bits in hex; 96 of them are kept, and two of a million meet once in 10^17 sets.
 */
export function positionTable(): PositionTable {
  let table = new Uint32Array(FIRST_SLOTS * SLOT_WORDS);
  let used = 0;
  return {
    add(hash, position) {
      const key = keyOf(hash);
      const found = positionAt(table, slotFor(table, key));
      if (found !== undefined) return found;
      if (++used * SLOT_WORDS > table.length * 0.75) table = doubled(table);
      table.set([...key, position + 1], slotFor(table, key));
      return undefined;
    },
    find: (hash) => positionAt(table, slotFor(table, keyOf(hash))),
  };
}

type Key = readonly [number, number, number];

function keyOf(hash: string): Key {
  const word = (index: number) => Number.parseInt(hash.slice(index * 8, index * 8 + 8), 16);
  return [word(0), word(1), word(2)];
}

function positionAt(table: Uint32Array, slot: number): number | undefined {
  const kept = table[slot + 3];
  return kept ? kept - 1 : undefined;
}

/** Where the key is, or where it belongs: open addressing, to the next free slot. */
function slotFor(table: Uint32Array, [first, second, third]: Key): number {
  const last = table.length / SLOT_WORDS - 1;
  for (let slot = first & last; ; slot = (slot + 1) & last) {
    const at = slot * SLOT_WORDS;
    const isFree = table[at + 3] === 0;
    if (isFree || (table[at] === first && table[at + 1] === second && table[at + 2] === third)) return at;
  }
}

function doubled(table: Uint32Array): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(table.length * 2);
  for (let at = 0; at < table.length; at += SLOT_WORDS) {
    if (table[at + 3] === 0) continue;
    const slot = table.subarray(at, at + SLOT_WORDS);
    larger.set(slot, slotFor(larger, [slot[0] ?? 0, slot[1] ?? 0, slot[2] ?? 0]));
  }
  return larger;
}
