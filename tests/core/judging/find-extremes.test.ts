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

  test('each comparison has a slot of its own, the same whatever is answered first, and their sides are balanced', async () => {
    await fc.assert(
      fc.asyncProperty(distinct, fc.scheduler(), async (items, scheduler) => {
        const asked = async (delayed: boolean) => {
          const slots = new Map<number, string>();
          const decide: Decide<number> = async (first, second, slot) => {
            expect(slots.has(slot)).toBe(false);
            slots.set(slot, `${first} ${second}`);
            if (delayed) await scheduler.schedule(Promise.resolve());
            return first > second ? 'first' : 'second';
          };
          const found = findExtremes(items, decide);
          await (delayed ? scheduler.waitFor(found) : found);
          return [...slots].sort(([one], [other]) => one - other);
        };

        const inTurn = await asked(false);
        expect(await asked(true)).toEqual(inTurn);
        const even = inTurn.filter(([slot]) => slot % 2 === 0).length;
        expect(Math.abs(2 * even - inTurn.length)).toBeLessThanOrEqual(2);
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
