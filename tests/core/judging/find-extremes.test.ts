import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Decide, findExtremes } from '../../../core/judging/find-extremes.ts';

const distinct = fc.uniqueArray(fc.integer(), { minLength: 2, maxLength: 17 });

/** Decides as told, and counts. */
function counting(decide: (first: number, second: number) => 'first' | 'second' | 'neither') {
  let calls = 0;
  const counted: Decide<number> = async (first, second) => {
    calls++;
    return decide(first, second);
  };
  return { decide: counted, calls: () => calls };
}

describe('findExtremes', () => {
  test('with a consistent order it finds the true best and worst in ⌈3k/2⌉ − 2 comparisons', async () => {
    await fc.assert(
      fc.asyncProperty(distinct, async (items) => {
        const { decide, calls } = counting((first, second) => (first > second ? 'first' : 'second'));

        const found = await findExtremes(items, decide);

        expect(found).toEqual({ best: Math.max(...items), worst: Math.min(...items) });
        const oddOneIsBest = items.length % 2 === 1 && items.at(-1) === found.best;
        expect(calls()).toBe(Math.ceil((3 * items.length) / 2) - 2 - Number(oddOneIsBest));
      }),
    );
  });

  test('whatever the decisions are, best and worst are two different items and the cost has its bound', async () => {
    const anything = fc.infiniteStream(fc.constantFrom('first' as const, 'second' as const, 'neither' as const));
    await fc.assert(
      fc.asyncProperty(distinct, anything, async (items, decisions) => {
        const { decide, calls } = counting(() => decisions.next().value ?? 'neither');

        const { best, worst } = await findExtremes(items, decide);

        expect(best).not.toBe(worst);
        expect(items).toEqual(expect.arrayContaining([best, worst]));
        expect(calls()).toBeLessThanOrEqual(Math.ceil((3 * items.length) / 2) - 2);
      }),
    );
  });

  test('three items that beat each other in a circle do not make one of them both best and worst', async () => {
    const { decide } = counting((first, second) => ((first + 1) % 3 === second ? 'first' : 'second'));

    expect(await findExtremes([0, 1, 2], decide)).toEqual({ best: 2, worst: 1 });
  });

  test('fewer than two items are a defect of the caller', async () => {
    await expect(findExtremes([1], async () => 'first')).rejects.toThrow(RangeError);
  });
});
