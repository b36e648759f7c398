import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { rateLimit } from '../../../providers/call-engine/rate-limit.ts';

/** Starts a call whenever one may start, from `now` for so many minutes; gives the moments, in milliseconds. */
function startAll(rate: ReturnType<typeof rateLimit>, minutes: number, tokens = 0): number[] {
  const starts: number[] = [];
  for (let now = 0; now < minutes * 60_000; ) {
    const wait = rate.waitFor(now);
    if (wait > 0) {
      now += Math.ceil(wait);
      continue;
    }
    rate.take(tokens, now);
    starts.push(now);
  }
  return starts;
}

function mostInAMinute(starts: readonly number[], of = (_: number) => 1): number {
  let most = 0;
  let sum = 0;
  let first = 0;
  for (const [index, start] of starts.entries()) {
    sum += of(index);
    while ((starts[first] as number) <= start - 60_000) sum -= of(first++);
    most = Math.max(most, sum);
  }
  return most;
}

describe('a rate that the loop file sets', () => {
  test('is passed in no minute, wherever it begins, and used to the full', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3_000 }), (perMinute) => {
        const starts = startAll(rateLimit({ requests: perMinute }), 5);

        expect(mostInAMinute(starts)).toBeLessThanOrEqual(perMinute);
        expect(starts.length).toBeGreaterThanOrEqual(Math.floor(5 * perMinute * 0.95));
      }),
      { numRuns: 50 },
    );
  });

  test('counts tokens too, by what they turn out to be', () => {
    const rate = rateLimit({ tokens: 60_000 });
    const starts: number[] = [];
    for (let now = 0; now < 300_000; ) {
      const wait = rate.waitFor(now);
      if (wait > 0) {
        now += Math.ceil(wait);
        continue;
      }
      // Thought to use 1,000, uses 100.
      rate.take(1_000, now);
      rate.settle(1_000, 100, now);
      starts.push(now);
    }

    expect(mostInAMinute(starts, () => 100)).toBeLessThanOrEqual(60_000);
    expect(100 * starts.length).toBeGreaterThanOrEqual(0.95 * 5 * 60_000);
  });

  test('lets a call start that needs more tokens than it ever holds, and makes the next ones wait for it', () => {
    const rate = rateLimit({ tokens: 610 });

    rate.take(100, 0);

    expect(rate.waitFor(0)).toBeGreaterThan(9_000);
    expect(rate.waitFor(10_000)).toBe(0);
  });

  test('is not raised by what the endpoint says', () => {
    const rate = rateLimit({ requests: 61 });
    rate.learn({ requests: { limit: 10_000, remaining: 9_999, resetSeconds: 1 } }, 0);

    rate.take(0, 0);

    expect(rate.waitFor(0)).toBeGreaterThan(900);
  });
});

describe('a rate that only the endpoint tells', () => {
  test('is none at first', () => {
    const rate = rateLimit({});
    for (let call = 0; call < 1_000; call++) rate.take(1_000, 0);

    expect(rate.waitFor(0)).toBe(0);
  });

  test('is kept to from the first answer on', () => {
    const rate = rateLimit({});
    // Sixty a minute, one used: the whole is there again after a second.
    rate.learn({ requests: { limit: 60, remaining: 59, resetSeconds: 1 } }, 0);

    const starts = startAll(rate, 3);

    expect(starts.filter((start) => start === 0)).toHaveLength(59);
    expect(starts.length).toBeGreaterThanOrEqual(59 + 170);
    expect(starts.length).toBeLessThanOrEqual(59 + 180);
  });

  test('waits where nothing remains', () => {
    const rate = rateLimit({});

    rate.learn({ tokens: { limit: 1_000, remaining: 0, resetSeconds: 60 } }, 0);

    expect(rate.waitFor(0)).toBeGreaterThan(0);
    expect(rate.waitFor(10_000)).toBe(0);
  });
});
