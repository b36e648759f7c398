import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  type Amount,
  addAmounts,
  amountOf,
  hasLimits,
  type Ledger,
  type LedgerPart,
  type Limits,
  ledgerParts,
  reachedSentence,
  roomsFor,
  stages,
  tooSmall,
} from '../../core/budget.ts';
import { noUsage, type Usage } from '../../core/usage.ts';

const spent = { calls: 10, promptTokens: 600, completionTokens: 400, usd: 0.3 };
const one: LedgerPart = { name: 'one', stage: 'sampling' };
const other: LedgerPart = { name: 'other', stage: 'judging' };

function ledgerOf(...parts: readonly [LedgerPart, Usage, Amount?][]): Ledger {
  const entries = parts.map(([{ name, stage }, used, setAside = amountOf(used)]) => [
    name,
    { stage, spent: used, setAside },
  ]);
  return { parts: Object.fromEntries(entries), reached: null };
}

/** The room that stops a part from having so much in all, beside another part that has spent. */
function stopping(limits: Limits, wanted: Partial<Amount>, ledger = ledgerOf([other, spent])) {
  return tooSmall(roomsFor(limits, ledger, one), { usd: 0, calls: 0, tokens: 0, ...wanted });
}

describe('a limit', () => {
  test.each<[string, Limits, Partial<Amount>]>([
    ['calls', { calls: 11 }, { calls: 1 }],
    ['tokens, sent and received together', { tokens: 1001 }, { tokens: 1 }],
    ['US dollars', { usd: 0.31 }, { usd: 0.01 }],
    ['US dollars, also where sums are not exact', { usd: 0.6 }, { usd: 0.1 + 0.2 }],
    ['nothing', {}, { usd: 1e9, calls: 1e9, tokens: 1e9 }],
    ['something else', { calls: 11 }, { usd: 1000 }],
  ])('has room for what leads exactly to it in %s', (_, limits, wanted) => {
    expect(stopping(limits, wanted)).toBeUndefined();
  });

  test.each<[string, Limits, Partial<Amount>]>([
    ['budget.calls', { calls: 11 }, { calls: 2 }],
    ['budget.tokens', { tokens: 1001 }, { tokens: 2 }],
    ['budget.usd', { usd: 0.31 }, { usd: 0.02 }],
    ['budget.usd', { usd: 0 }, {}],
    ['budget.sampling.calls', { calls: 99, sampling: { calls: 1 } }, { calls: 2 }],
  ])('that is passed is named by its path: %s', (path, limits, wanted) => {
    expect(stopping(limits, wanted)).toMatchObject({ path });
  });

  test('of a stage counts the parts of that stage alone', () => {
    const limits: Limits = { sampling: { calls: 12 }, judging: { calls: 1 } };
    const sameStage = ledgerOf([other, spent], [{ name: 'third', stage: 'sampling' }, spent]);

    expect(stopping(limits, { calls: 12 })).toBeUndefined();
    expect(stopping(limits, { calls: 3 }, sameStage)).toMatchObject({ path: 'budget.sampling.calls', left: 2 });
  });

  test('counts what others have set aside like what they have spent, whichever is more', () => {
    const setAside = { usd: 0, calls: 15, tokens: 0 };

    expect(roomsFor({ calls: 20, tokens: 2000 }, ledgerOf([other, spent, setAside]), one)).toEqual([
      { path: 'budget.calls', unit: 'calls', limit: 20, left: 5, aside: 5 },
      { path: 'budget.tokens', unit: 'tokens', limit: 2000, left: 1000, aside: 0 },
    ]);
  });

  test('says where it is, how much is spent, and what the next call may take', () => {
    const room = stopping({ usd: 0.4 }, { usd: 0.25 })!;

    expect(reachedSentence(room, { usd: 0.05, calls: 1, tokens: 1 }, { usd: 0.2, calls: 1, tokens: 9 })).toBe(
      'The budget of 0.4 US dollars (budget.usd) is reached: 0.35 are spent, and what comes next may take 0.2.',
    );
  });

  test('that is not there is no limit', () => {
    expect(hasLimits({})).toBe(false);
    expect(hasLimits({ usd: undefined, judging: {} })).toBe(false);
    expect(hasLimits({ tokens: 1 })).toBe(true);
    expect(hasLimits({ training: { usd: 0 } })).toBe(true);
  });
});

describe('the rooms of a part', () => {
  const amount = fc.record({ usd: fc.integer({ min: 0, max: 50 }), calls: fc.nat(50), tokens: fc.nat(50) });
  const parts = fc.array(fc.tuple(fc.constantFrom(...stages), amount), { maxLength: 6 });
  const usageOf = ({ usd, calls, tokens }: Amount): Usage => ({
    usd,
    calls,
    promptTokens: tokens,
    completionTokens: 0,
  });

  test('leave what its own limit leaves when all others of its stage, or of the run, are taken off', () => {
    fc.assert(
      fc.property(parts, fc.constantFrom(...stages), fc.nat(200), (others, stage, limit) => {
        const ledger = ledgerOf(
          ...others.map(([of, used], index): [LedgerPart, Usage] => [{ name: `${index}`, stage: of }, usageOf(used)]),
        );
        const taken = (those: typeof others) => those.reduce((sum, [, { calls }]) => sum + calls, 0);
        const limits = { calls: limit, [stage]: { calls: limit } };

        expect(roomsFor(limits, ledger, { name: 'me', stage }).map(({ left }) => left)).toEqual([
          limit - taken(others),
          limit - taken(others.filter(([of]) => of === stage)),
        ]);
      }),
    );
  });

  test('are the same whatever the part itself has spent or set aside', () => {
    fc.assert(
      fc.property(parts, amount, (others, own) => {
        const entries = others.map(([stage, used], index): [LedgerPart, Usage] => [
          { name: `${index}`, stage },
          usageOf(used),
        ]);
        const limits = { usd: 100, calls: 100, tokens: 100, sampling: { usd: 10 } };

        expect(roomsFor(limits, ledgerOf(...entries, [one, usageOf(own)]), one)).toEqual(
          roomsFor(limits, ledgerOf(...entries), one),
        );
      }),
    );
  });
});

test('an amount has the tokens of both ways, and amounts add up', () => {
  expect(amountOf(spent)).toEqual({ usd: 0.3, calls: 10, tokens: 1000 });
  expect(addAmounts()).toEqual(amountOf(noUsage));
  expect(addAmounts(amountOf(spent), { usd: 0.5, calls: 2, tokens: 3 })).toEqual({ usd: 0.8, calls: 12, tokens: 1003 });
});

test('a part of the ledger is named by its work, and belongs to the stage that pays for it', () => {
  expect(ledgerParts.shard(2, 'verdicts', 7)).toEqual({ name: 'round-2/verdicts/7', stage: 'judging' });
  expect(ledgerParts.shard(1, 'responses', 0).stage).toBe('sampling');
  expect(ledgerParts.shard(1, 'evaluation', 0).stage).toBe('evaluation');
  expect(ledgerParts.training(3)).toEqual({ name: 'round-3/training', stage: 'training' });
});
