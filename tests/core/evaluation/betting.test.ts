import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { meanInterval, wealthAgainst } from '../../../core/evaluation/betting.ts';
import { randomFor } from '../../../core/random.ts';

const outcome = fc.oneof(fc.constantFrom(0, 0.5, 1), fc.double({ min: 0, max: 1, noNaN: true }));
const outcomes = fc.array(outcome, { maxLength: 200 });
const repeated = (value: number, times: number) => Array<number>(times).fill(value);

/** Every sequence of this length of the values, with its chance. */
function sequences(length: number, chances: ReadonlyMap<number, number>): { values: number[]; chance: number }[] {
  if (length === 0) return [{ values: [], chance: 1 }];
  return sequences(length - 1, chances).flatMap(({ values, chance }) =>
    [...chances].map(([value, share]) => ({ values: [...values, value], chance: chance * share })),
  );
}

function expectedWealth(length: number, mean: number, chances: ReadonlyMap<number, number>): number {
  return sequences(length, chances)
    .map(({ values, chance }) => chance * 10 ** wealthAgainst(mean, values).running.at(-1)!)
    .reduce((sum, part) => sum + part);
}

describe('the wealth', () => {
  test.each([
    {
      mean: 0.5,
      chances: [
        [0, 0.5],
        [1, 0.5],
      ],
    },
    {
      mean: 0.5,
      chances: [
        [0, 0.4],
        [0.5, 0.2],
        [1, 0.4],
      ],
    },
    {
      mean: 0.25,
      chances: [
        [0, 0.6],
        [0.25, 0.2],
        [1, 0.2],
      ],
    },
  ] as const)('is expected to stay 1 at the doubted mean, and to fall below it: %j', ({ mean, chances }) => {
    const worse = chances.map(([value, share]) => [value * 0.8, share] as const);

    for (const length of [1, 4, 7]) {
      expect(expectedWealth(length, mean, new Map(chances))).toBeCloseTo(1, 9);
      expect(expectedWealth(length, mean, new Map(worse))).toBeLessThan(1);
    }
  });

  test('ever reaches 1 / alpha with a chance of at most alpha, over all sequences of 13 coins', () => {
    const fair = sequences(
      13,
      new Map([
        [0, 0.5],
        [1, 0.5],
      ]),
    );

    for (const alpha of [0.5, 0.2, 0.05]) {
      const reaching = fair.filter(({ values }) => wealthAgainst(0.5, values).maximum >= -Math.log10(alpha));
      const chance = reaching.reduce((sum, one) => sum + one.chance, 0);
      expect({ alpha, tooOften: chance > alpha, ever: chance > 0 }).toEqual({ alpha, tooOften: false, ever: true });
    }
  });

  test('starts at 1, has one value an outcome, and its maximum is one of them', () => {
    fc.assert(
      fc.property(outcomes, (values) => {
        const { running, maximum } = wealthAgainst(0.5, values);

        expect(running[0]).toBe(0);
        expect(running).toHaveLength(values.length + 1);
        expect(running.every(Number.isFinite)).toBe(true);
        expect(maximum).toBe(Math.max(...running));
      }),
    );
  });

  test('does not move on ties', () => {
    expect(wealthAgainst(0.5, repeated(0.5, 50)).running.every((wealth) => Math.abs(wealth) < 1e-12)).toBe(true);
  });

  test('grows faster the better every outcome is', () => {
    fc.assert(
      fc.property(outcomes, fc.double({ min: 0, max: 1, noNaN: true }), (values, share) => {
        const better = values.map((value) => value + share * (1 - value));
        const last = (all: readonly number[]) => wealthAgainst(0.5, all).running.at(-1)!;

        expect(last(better)).toBeGreaterThanOrEqual(last(values) - 1e-9);
      }),
    );
  });

  test('neither overflows nor dies at 100,000 outcomes', () => {
    const won = wealthAgainst(0.5, repeated(1, 100_000));
    const lost = wealthAgainst(0.5, repeated(0, 100_000));

    expect(won.maximum).toBeCloseTo(100_000 * Math.log10(1.8), -1);
    expect(lost.maximum).toBe(0);
    expect(Number.isFinite(lost.running.at(-1))).toBe(true);
  });
});

describe('the interval', () => {
  test('holds the mean and lies between 0 and 1', () => {
    fc.assert(
      fc.property(
        outcomes.filter((values) => values.length > 0),
        (values) => {
          const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
          const { low, high } = meanInterval(values, 0.95);

          expect(low).toBeGreaterThanOrEqual(0);
          expect(high).toBeLessThanOrEqual(1);
          expect(low).toBeLessThanOrEqual(mean);
          expect(high).toBeGreaterThanOrEqual(mean);
        },
      ),
      { numRuns: 50 },
    );
  });

  test('of the other side is its mirror image', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(0, 0.5, 1), { maxLength: 200 }), (values) => {
        const { low, high } = meanInterval(values, 0.95);
        const mirrored = meanInterval(
          values.map((value) => 1 - value),
          0.95,
        );

        expect(mirrored.low).toBeCloseTo(1 - high, 9);
        expect(mirrored.high).toBeCloseTo(1 - low, 9);
      }),
      { numRuns: 50 },
    );
  });

  test('shrinks with more outcomes and is wider at a higher confidence', () => {
    const half = (pairs: number) => Array.from({ length: 2 * pairs }, (_, index) => index % 2);
    const width = (values: readonly number[], confidence = 0.95) => {
      const { low, high } = meanInterval(values, confidence);
      return high - low;
    };

    expect(width([])).toBe(1);
    expect(width(half(50))).toBeLessThan(0.4);
    expect(width(half(500))).toBeLessThan(width(half(50)) / 2);
    expect(width(half(20_000))).toBeLessThan(0.03);
    expect(width(half(50), 0.99)).toBeGreaterThan(width(half(50)));
  });

  test('misses the true mean in at most 5 of 100 runs, though it is looked at after every outcome', () => {
    const missed = Array.from({ length: 400 }, (_, run) => {
      const random = randomFor('coverage', run);
      const values = Array.from({ length: 200 }, () => (random.next() < 0.7 ? 1 : 0));
      const { low, high } = meanInterval(values, 0.95);
      return low > 0.7 || high < 0.7;
    }).filter(Boolean);

    expect(missed.length).toBeGreaterThan(0);
    expect(missed.length).toBeLessThanOrEqual(0.05 * 400);
  });

  test('holds the mean even where the outcomes turn round half-way', () => {
    const { low, high } = meanInterval([...repeated(1, 300), ...repeated(0, 300)], 0.95);

    expect(low).toBeLessThanOrEqual(0.5);
    expect(high).toBeGreaterThanOrEqual(0.5);
  });
});
