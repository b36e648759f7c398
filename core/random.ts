/**
 * Seeded randomness. Nothing in the product throws dice: every choice is a function of a key such as
 * `(run seed, round, prompt id, 'order')`, so a repeated step makes the same choice again.
 */
export interface Random {
  /** Uniform in [0, 1), 32 bits of it. */
  next(): number;
}

/** One stream of randomness per key. Equal parts give equal streams; parts are joined unambiguously. */
export function randomFor(...parts: readonly (string | number)[]): Random {
  return sfc32(...hash128(JSON.stringify(parts)));
}

/** A 31-bit seed for a remote model's `seed` field, as a function of a key. */
export function seedFor(...parts: readonly (string | number)[]): number {
  return hash128(JSON.stringify(parts))[0] >>> 1;
}

/** A uniform integer in [0, limit). */
export function pickIndex(random: Random, limit: number): number {
  return Math.floor(random.next() * limit);
}

/** Fisher–Yates; the input stays as it is. */
export function shuffled<T>(items: readonly T[], random: Random): T[] {
  const result = [...items];
  for (let last = result.length - 1; last > 0; last--) {
    const other = pickIndex(random, last + 1);
    [result[last], result[other]] = [result[other] as T, result[last] as T];
  }
  return result;
}

/** Short, stable name of a content: 128 bits of cyrb128 as 32 hex digits. Not for security. */
export function contentHash(text: string): string {
  return hash128(text)
    .map((word) => word.toString(16).padStart(8, '0'))
    .join('');
}

// Taken once: a global look-up at each of millions of calls is slow where the code runs in a context of its own.
const { imul } = Math;

/** cyrb128 by bryc (public domain): four 32-bit words from a string. */
function hash128(text: string): [number, number, number, number] {
  let h1 = 1779033703;
  let h2 = 3144134277;
  let h3 = 1013904242;
  let h4 = 2773480762;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    h1 = h2 ^ imul(h1 ^ code, 597399067);
    h2 = h3 ^ imul(h2 ^ code, 2869860233);
    h3 = h4 ^ imul(h3 ^ code, 951274213);
    h4 = h1 ^ imul(h4 ^ code, 2716044179);
  }
  h1 = imul(h3 ^ (h1 >>> 18), 597399067);
  h2 = imul(h4 ^ (h2 >>> 22), 2869860233);
  h3 = imul(h1 ^ (h3 >>> 17), 951274213);
  h4 = imul(h2 ^ (h4 >>> 19), 2716044179);
  h1 ^= h2 ^ h3 ^ h4;
  return [h1 >>> 0, (h2 ^ h1) >>> 0, (h3 ^ h1) >>> 0, (h4 ^ h1) >>> 0];
}

/** sfc32 by Chris Doty-Humphrey (PractRand): small, fast, 128 bits of state. */
function sfc32(s1: number, s2: number, s3: number, s4: number): Random {
  let [a, b, c, d] = [s1 | 0, s2 | 0, s3 | 0, s4 | 0];
  return {
    next() {
      const t = (((a + b) | 0) + d) | 0;
      d = (d + 1) | 0;
      a = b ^ (b >>> 9);
      b = (c + (c << 3)) | 0;
      c = (c << 21) | (c >>> 11);
      c = (c + t) | 0;
      return (t >>> 0) / 4294967296;
    },
  };
}
