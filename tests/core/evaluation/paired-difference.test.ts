import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { differenceLowerBound } from '../../../core/evaluation/paired-difference.ts';

const counts = fc
  .tuple(fc.nat(200), fc.nat(200), fc.nat(400))
  .map(([onlyFirst, onlySecond, same]) => ({ onlyFirst, onlySecond, pairs: onlyFirst + onlySecond + same }))
  .filter(({ pairs }) => pairs > 0);

/** The exact chance that the bound lies above the true difference. */
function missRate(pairs: number, first: number, second: number): number {
  const logFactorial = Array.from({ length: pairs + 1 }, () => 0);
  for (let n = 1; n <= pairs; n++) logFactorial[n] = logFactorial[n - 1]! + Math.log(n);
  let missed = 0;
  for (let onlyFirst = 0; onlyFirst <= pairs; onlyFirst++) {
    for (let onlySecond = 0; onlySecond <= pairs - onlyFirst; onlySecond++) {
      const same = pairs - onlyFirst - onlySecond;
      const ways = logFactorial[pairs]! - logFactorial[onlyFirst]! - logFactorial[onlySecond]! - logFactorial[same]!;
      const chance = Math.exp(
        ways + onlyFirst * Math.log(first) + onlySecond * Math.log(second) + same * Math.log(1 - first - second),
      );
      if (chance < 1e-9) continue;
      if (differenceLowerBound({ pairs, onlyFirst, onlySecond }) > first - second) missed += chance;
    }
  }
  return missed;
}

describe('the lower bound of a paired difference', () => {
  test('lies below the observed difference', () => {
    fc.assert(
      fc.property(counts, (pair) => {
        expect(differenceLowerBound(pair)).toBeLessThan((pair.onlyFirst - pair.onlySecond) / pair.pairs + 1e-9);
      }),
    );
  });

  test('rises with every pair that the first wins back', () => {
    fc.assert(
      fc.property(counts, ({ pairs, onlyFirst, onlySecond }) => {
        fc.pre(onlySecond > 0);
        const after = differenceLowerBound({ pairs, onlyFirst, onlySecond: onlySecond - 1 });

        expect(after).toBeGreaterThanOrEqual(differenceLowerBound({ pairs, onlyFirst, onlySecond }));
      }),
    );
  });

  test.each([
    [60, 0.02, 0.07],
    [60, 0.1, 0.15],
    [100, 0.2, 0.25],
  ])('is above the truth in about 5 of 100 cases: %d pairs, %d against %d', (pairs, first, second) => {
    const missed = missRate(pairs, first, second);

    expect(missed).toBeGreaterThan(0.02);
    expect(missed).toBeLessThan(0.056);
  });

  test('does not pretend to know where no pair differs', () => {
    const bounds = [50, 100, 1000].map((pairs) => differenceLowerBound({ pairs, onlyFirst: 0, onlySecond: 0 }));

    expect(bounds[0]).toBeLessThan(-0.05);
    expect(bounds[1]).toBeGreaterThan(bounds[0]!);
    expect(bounds[2]).toBeGreaterThan(-0.005);
  });

  test('is -1 without any pair', () => {
    expect(differenceLowerBound({ pairs: 0, onlyFirst: 0, onlySecond: 0 })).toBe(-1);
  });
});
