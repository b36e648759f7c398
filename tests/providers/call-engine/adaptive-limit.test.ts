import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { randomFor } from '../../../core/random.ts';
import { AdaptiveLimit, type Answered } from '../../../providers/call-engine/adaptive-limit.ts';

interface Endpoint {
  /** Calls under way that it bears; it refuses more at once. */
  readonly bears?: number;
  /** Refused at once, whatever is under way. */
  readonly refusedShare?: number;
}

/** Keeps an endpoint as busy as the limit allows, for so many calls: answered after 200 ms, refused after 10. Gives the limit at each call. */
function keepBusy(limit: AdaptiveLimit, { bears = 1_000, refusedShare = 0 }: Endpoint, calls: number): number[] {
  const random = randomFor('refusals');
  const underWay: { readonly until: number; readonly how: Answered; readonly answered: (how: Answered) => unknown }[] =
    [];
  const limits: number[] = [];
  let now = 0;
  const answerNext = (): void => {
    const [first] = underWay.splice(underWay.indexOf(underWay.reduce((a, b) => (b.until < a.until ? b : a))), 1);
    now = Math.max(now, first?.until ?? now);
    first?.answered(first.how);
  };
  while (limits.length < calls) {
    if (underWay.length >= limit.limit) {
      answerNext();
      continue;
    }
    limits.push(limit.limit);
    const served = underWay.filter(({ how }) => how === 'well').length;
    const isRefused = served >= bears || random.next() < refusedShare;
    const fate = isRefused
      ? ({ until: now + 10, how: 'congested' } as const)
      : ({ until: now + 200, how: 'well' } as const);
    underWay.push({ ...fate, answered: limit.begin() });
    now += 0.1;
  }
  while (underWay.length > 0) answerNext();
  return limits;
}

const mean = (numbers: readonly number[]) => numbers.reduce((sum, one) => sum + one, 0) / numbers.length;

describe('the number of calls at once', () => {
  test('starts with all that the loop file allows', () => {
    expect(new AdaptiveLimit(50).limit).toBe(50);
  });

  test.each([5, 20, 100])('comes down to what an endpoint bears that bears %i of 200', (bears) => {
    const limit = new AdaptiveLimit(200);

    const last = keepBusy(limit, { bears }, 20_000).slice(-5_000);

    expect(mean(last)).toBeLessThanOrEqual(1.3 * bears + 1);
    expect(mean(last)).toBeGreaterThanOrEqual(0.8 * bears);
  });

  test('comes back when the endpoint bears all again', () => {
    const limit = new AdaptiveLimit(200);
    keepBusy(limit, { bears: 5 }, 5_000);

    expect(keepBusy(limit, {}, 10_000).at(-1)).toBe(200);
  });

  test.each([10, 50, 500])('is hardly touched by one refusal in twenty, of %i', (most) => {
    const limit = new AdaptiveLimit(most);

    expect(mean(keepBusy(limit, { refusedShare: 0.05 }, 40_000))).toBeGreaterThan(0.92 * most);
  });

  test('does not follow answers to calls that were begun before it changed', () => {
    const limit = new AdaptiveLimit(40);
    const answers = Array.from({ length: 40 }, () => limit.begin());
    for (const answered of answers) answered('congested');

    // Nine of ten were enough to believe it; the others were under way with them.
    expect(limit.limit).toBe(20);
  });

  test('is not held up by a call that never ends', () => {
    const limit = new AdaptiveLimit(20);
    limit.begin();
    for (let call = 0; call < 19; call++) limit.begin()('congested');

    expect(limit.limit).toBeLessThan(20);
  });

  test('is always between one and what the loop file allows', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), fc.array(fc.boolean(), { maxLength: 2_000 }), (most, answers) => {
        const limit = new AdaptiveLimit(most);
        for (const isCongested of answers) {
          limit.begin()(isCongested ? 'congested' : 'well');
          expect(limit.limit).toBeGreaterThanOrEqual(1);
          expect(limit.limit).toBeLessThanOrEqual(most);
        }
      }),
    );
  });
});
