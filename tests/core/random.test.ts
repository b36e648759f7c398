import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { contentHash, pickIndex, randomFor, seedFor, shuffled } from '../../core/random.ts';

const part = fc.oneof(fc.string(), fc.integer());
const key = fc.array(part, { maxLength: 4 });
const draw = (parts: readonly (string | number)[], count = 5) => {
  const random = randomFor(...parts);
  return Array.from({ length: count }, () => random.next());
};

describe('a stream of randomness', () => {
  test('is a function of its key', () => {
    fc.assert(fc.property(key, (parts) => expect(draw(parts)).toEqual(draw(parts))));
  });

  test('does not hang on what other streams do, or when', () => {
    fc.assert(
      fc.property(key, key, (parts, others) => {
        const [random, other] = [randomFor(...parts), randomFor(...others)];
        const between = Array.from({ length: 5 }, () => {
          other.next();
          return random.next();
        });

        expect(between).toEqual(draw(parts));
      }),
    );
  });

  test('is another for another key, also where the parts joined are the same text', () => {
    const keys = [['ab', 'c'], ['a', 'bc'], ['abc'], ['abc', ''], ['a,b'], ['a', 'b'], ['1'], [1], [1, 2], [12], []];

    expect(new Set(keys.map((parts) => draw(parts).join())).size).toBe(keys.length);
  });

  test('stays in [0, 1) and is spread evenly', () => {
    const numbers = draw(['spread'], 20_000);
    const tenths = Array.from({ length: 10 }, (_, tenth) => numbers.filter((one) => Math.floor(one * 10) === tenth));

    expect(numbers.every((one) => one >= 0 && one < 1)).toBe(true);
    for (const { length } of tenths) expect(Math.abs(length - 2000)).toBeLessThan(200);
  });

  test('has unrelated first numbers for keys that count up', () => {
    const firsts = Array.from({ length: 4000 }, (_, index) => draw(['seed', index], 1)[0] as number);
    const repeats = firsts.filter((one, index) => one < 0.5 === (firsts[index - 1] ?? 1) < 0.5);

    expect(Math.abs(firsts.filter((one) => one < 0.5).length - 2000)).toBeLessThan(160);
    expect(Math.abs(repeats.length - 2000)).toBeLessThan(160);
  });

  test('is the same on every machine and in every version, since stored runs rest on it', () => {
    expect(randomFor('run', 1, 'order').next()).toBe(0.3532680405769497);
    expect(seedFor('run', 1, 'order')).toBe(366168835);
    expect(contentHash('ratchet')).toBe('756a060acaa09d6a9ff8aeca3d07dc79');
  });
});

describe('picking and shuffling', () => {
  test('an index is a whole number in range', () => {
    fc.assert(
      fc.property(key, fc.integer({ min: 1, max: 2 ** 31 }), (parts, limit) => {
        const index = pickIndex(randomFor(...parts), limit);

        expect(Number.isInteger(index) && index >= 0 && index < limit).toBe(true);
      }),
    );
  });

  test('even the greatest number picks the last index, not one more', () => {
    expect(pickIndex({ next: () => 1 - 2 ** -32 }, 7)).toBe(6);
  });

  test('a shuffle is a permutation, and leaves the input as it was', () => {
    fc.assert(
      fc.property(fc.array(fc.integer()), key, (items, parts) => {
        const before = [...items];
        const after = shuffled(items, randomFor(...parts));

        expect(items).toEqual(before);
        expect(after.toSorted((a, b) => a - b)).toEqual(before.toSorted((a, b) => a - b));
      }),
    );
  });

  test('every order of three comes about equally often', () => {
    const orders = Array.from({ length: 6000 }, (_, index) =>
      shuffled(['a', 'b', 'c'], randomFor('orders', index)).join(''),
    );
    const counts = [...Map.groupBy(orders, (order) => order).values()].map(({ length }) => length);

    expect(counts.length).toBe(6);
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(150);
  });
});

describe('seeds and hashes', () => {
  test('a seed is a 31-bit whole number', () => {
    fc.assert(
      fc.property(key, (parts) => {
        const seed = seedFor(...parts);

        expect(Number.isInteger(seed) && seed >= 0 && seed < 2 ** 31).toBe(true);
      }),
    );
  });

  test('a hash is 32 hex digits, the same for the same text only', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (one, other) => {
        expect(contentHash(one)).toMatch(/^[0-9a-f]{32}$/);
        expect(contentHash(one) === contentHash(other)).toBe(one === other);
      }),
    );
  });

  test('20,000 texts that differ by a digit have 20,000 hashes', () => {
    const hashes = Array.from({ length: 20_000 }, (_, index) => contentHash(`prompt ${index}`));

    expect(new Set(hashes).size).toBe(20_000);
  });
});
