import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { hasLimits, insistOnBudget, type Limits, spentBy } from '../../core/budget.ts';
import { BudgetReached } from '../../core/errors.ts';
import { noUsage } from '../../core/usage.ts';

const spent = { calls: 10, promptTokens: 600, completionTokens: 400, usd: 0.3 };

describe('a budget', () => {
  test.each<[string, Limits]>([
    ['calls', { calls: 10 }],
    ['tokens, sent and received together', { tokens: 1000 }],
    ['US dollars', { usd: 0.3 }],
  ])('is reached at exactly its limit in %s', (_, limits) => {
    expect(() => insistOnBudget(limits, spent)).toThrow(BudgetReached);
  });

  test.each<[string, Limits]>([
    ['calls', { calls: 11 }],
    ['tokens', { tokens: 1001 }],
    ['US dollars', { usd: 0.31 }],
    ['nothing', {}],
  ])('is not reached below its limit in %s', (_, limits) => {
    expect(() => insistOnBudget(limits, spent)).not.toThrow();
  });

  test('of nothing at all is reached before the first call', () => {
    expect(() => insistOnBudget({ usd: 0 }, noUsage)).toThrow(BudgetReached);
  });

  test('says which limit, how much is spent, and what to do', () => {
    expect(() => insistOnBudget({ usd: 0.3, calls: 99 }, { ...spent, usd: 0.1 + 0.2 })).toThrow(
      'The budget of 0.3 US dollars is reached (0.3 spent). Everything paid for is kept: resume the run with a higher limit',
    );
  });

  test('once reached stays reached, whatever more is spent', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), fc.integer({ min: 1 }), (calls, more, limit) => {
        fc.pre(calls >= limit);

        expect(() => insistOnBudget({ calls: limit }, { ...noUsage, calls: calls + more })).toThrow(BudgetReached);
      }),
    );
  });

  test('has room for a price that takes it to its limit exactly, also where sums are not exact', () => {
    expect(() => insistOnBudget({ usd: 0.3 }, { ...spent, usd: 0.1 }, 0.2)).not.toThrow();
  });

  test('has no room for more, and says what it would cost', () => {
    expect(() => insistOnBudget({ usd: 1 }, spent, 0.8)).toThrow(BudgetReached);
    expect(() => insistOnBudget({ usd: 1 }, spent, 0.8)).toThrow(
      'The budget of 1 US dollars has no room for what comes next and costs 0.8 (0.3 spent).',
    );
  });

  test('in calls has room for any price', () => {
    expect(() => insistOnBudget({ calls: 11 }, spent, 1_000)).not.toThrow();
  });

  test('without any limit has none', () => {
    expect(hasLimits({})).toBe(false);
    expect(hasLimits({ usd: undefined })).toBe(false);
    expect(hasLimits({ tokens: 1 })).toBe(true);
  });
});

test('what a ledger has spent is the sum of its parts', () => {
  expect(spentBy({ parts: {} })).toEqual(noUsage);
  expect(spentBy({ parts: { a: spent, b: { ...noUsage, calls: 2 } } })).toEqual({ ...spent, calls: 12 });
});
