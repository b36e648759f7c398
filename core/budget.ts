import { z } from 'zod';
import type { Part } from './artifact-keys.ts';
import { BudgetReached } from './errors.ts';
import type { Loop } from './loop.ts';
import { addUsage, type Usage, usageSchema } from './usage.ts';

/** `runs/<run>/budget.json`: what each part of the run has spent so far; kept only where the loop has a limit. */
export const ledgerSchema = z.strictObject({ parts: z.record(z.string(), usageSchema) });
export type Ledger = z.infer<typeof ledgerSchema>;

/** The parts of a ledger: each is one piece of work that is paid for, and says what it has cost in all. */
export const ledgerParts = {
  shard: (round: number, part: Part, shard: number) => `round-${round}/${part}/${shard}`,
  training: (round: number) => `round-${round}/training`,
} as const;

export type Limits = Loop['budget'];

export function hasLimits(limits: Limits): boolean {
  return Object.values(limits).some((limit) => limit !== undefined);
}

/** Throws BudgetReached when one of the limits is reached, or would be passed by `usdAhead`, a price that is known before. */
export function insistOnBudget(limits: Limits, spent: Usage, usdAhead = 0): void {
  const reached = [
    limitReached('US dollars', limits.usd, spent.usd),
    limitReached('calls', limits.calls, spent.calls),
    limitReached('tokens', limits.tokens, spent.promptTokens + spent.completionTokens),
    noRoom(limits.usd, spent.usd, usdAhead),
  ].find((sentence) => sentence !== undefined);
  if (reached === undefined) return;
  throw new BudgetReached(`${reached} Everything paid for is kept: resume the run with a higher limit.`);
}

export function spentBy(ledger: Ledger): Usage {
  return addUsage(...Object.values(ledger.parts));
}

function limitReached(what: string, limit: number | undefined, spent: number): string | undefined {
  if (limit === undefined || spent < limit) return undefined;
  return `The budget of ${limit} ${what} is reached (${rounded(spent)} spent).`;
}

function noRoom(limit: number | undefined, spent: number, ahead: number): string | undefined {
  if (limit === undefined || rounded(spent + ahead) <= limit) return undefined;
  return `The budget of ${limit} US dollars has no room for what comes next and costs ${ahead} (${rounded(spent)} spent).`;
}

/** Sums of prices end in 0.30000000000000004; nobody is billed for that. */
function rounded(sum: number): number {
  return Number(sum.toFixed(6));
}
