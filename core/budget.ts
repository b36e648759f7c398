import { z } from 'zod';
import { BudgetReached } from './errors.ts';
import type { Loop } from './loop.ts';
import { addUsage, type Usage, usageSchema } from './usage.ts';

/** `runs/<run>/budget.json`: what each part of the run has spent so far; kept only where the loop has a limit. */
export const ledgerSchema = z.strictObject({ parts: z.record(z.string(), usageSchema) });
export type Ledger = z.infer<typeof ledgerSchema>;

export type Limits = Loop['budget'];

export function hasLimits(limits: Limits): boolean {
  return Object.values(limits).some((limit) => limit !== undefined);
}

/** Throws BudgetReached when one of the limits is reached. */
export function insistOnBudget(limits: Limits, spent: Usage): void {
  const reached = [
    limitReached('US dollars', limits.usd, spent.usd),
    limitReached('calls', limits.calls, spent.calls),
    limitReached('tokens', limits.tokens, spent.promptTokens + spent.completionTokens),
  ].find((sentence) => sentence !== undefined);
  if (reached === undefined) return;
  throw new BudgetReached(`${reached} Everything paid for is kept: resume the run with a higher limit.`);
}

export function spentBy(ledger: Ledger): Usage {
  return addUsage(...Object.values(ledger.parts));
}

function limitReached(what: string, limit: number | undefined, spent: number): string | undefined {
  if (limit === undefined || spent < limit) return undefined;
  return `The budget of ${limit} ${what} is reached (${Number(spent.toFixed(6))} spent).`;
}
