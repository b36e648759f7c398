import * as z from 'zod';
import type { Part } from './artifact-keys.ts';
import type { Loop } from './loop.ts';
import { noUsage, type Usage, usageSchema } from './usage.ts';

/** What a run pays for, each with limits of its own if the loop gives them. */
export const stages = ['sampling', 'judging', 'training', 'evaluation'] as const;
export type Stage = (typeof stages)[number];

/** What limits count. */
const amountSchema = z.strictObject({ usd: z.number(), calls: z.number(), tokens: z.number() });
export type Amount = z.infer<typeof amountSchema>;

/**
 * `runs/<run>/budget.json`, kept only where the loop has a limit: for each part of the run what it has spent, and what is
 * set aside for it (what it has spent included), so that parts that work at the same time can't pass a limit together.
 */
export const ledgerSchema = z.strictObject({
  parts: z.record(z.string(), z.strictObject({ stage: z.enum(stages), spent: usageSchema, setAside: amountSchema })),
  /** Which limit had no room for a call, in words; null while there was room for all. */
  reached: z.string().nullable(),
});
export type Ledger = z.infer<typeof ledgerSchema>;
export const emptyLedger: Ledger = { parts: {}, reached: null };

/** A piece of work that is paid for, and says what it has cost in all. */
export interface LedgerPart {
  readonly name: string;
  readonly stage: Stage;
}

export const ledgerParts = {
  shard: (round: number, part: PaidPart, shard: number): LedgerPart => ({
    name: `round-${round}/${part}/${shard}`,
    stage: stageOf[part],
  }),
  training: (round: number): LedgerPart => ({ name: `round-${round}/training`, stage: 'training' }),
} as const;

/** Parts whose rows cost calls. */
export type PaidPart = Exclude<Part, 'pairs'>;
export const stageOf = { responses: 'sampling', verdicts: 'judging', evaluation: 'evaluation' } as const;

export type Limits = Loop['budget'];

export function hasLimits(limits: Limits): boolean {
  return limitsOf(limits).length > 0;
}

export function amountOf({ usd, calls, promptTokens, completionTokens }: Usage): Amount {
  return { usd, calls, tokens: promptTokens + completionTokens };
}

export function addAmounts(...amounts: readonly Amount[]): Amount {
  return amounts.reduce(
    (sum, one) => ({
      usd: sum.usd + one.usd,
      calls: sum.calls + one.calls,
      tokens: sum.tokens + one.tokens,
    }),
    amountOf(noUsage),
  );
}

/** What one limit leaves for one part, when all that the others have spent or set aside is taken off. */
export interface Room {
  /** As the loop file names it: `budget.judging.usd`. */
  readonly path: string;
  readonly unit: keyof Amount;
  readonly limit: number;
  /** Of `limit`, what no other part has spent or set aside. */
  readonly left: number;
  /** What others have set aside and not spent: it may be free again. */
  readonly aside: number;
}

/** The rooms of every limit that concerns a part: those of the run and those of its stage. */
export function roomsFor(limits: Limits, ledger: Ledger, part: LedgerPart): Room[] {
  const others = Object.entries(ledger.parts).filter(([name]) => name !== part.name);
  return limitsOf(limits)
    .filter(({ stage }) => stage === undefined || stage === part.stage)
    .map(({ path, stage, unit, limit }) => {
      const concerned = others.filter(([, other]) => stage === undefined || other.stage === stage);
      const spent = sumOf(concerned.map(([, other]) => amountOf(other.spent)[unit]));
      const taken = sumOf(concerned.map(([, other]) => Math.max(amountOf(other.spent)[unit], other.setAside[unit])));
      return { path, unit, limit, left: limit - taken, aside: taken - spent };
    });
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0);
}

/** The first room that is too small, if one is. */
export function tooSmall(rooms: readonly Room[], wanted: Amount): Room | undefined {
  return rooms.find(({ unit, left }) => rounded(wanted[unit]) > rounded(left));
}

/** Whether it stays too small though nobody spends any more: what is set aside by others is no help either. */
export function isForGood({ unit, left, aside }: Room, wanted: Amount): boolean {
  return rounded(wanted[unit]) > rounded(left + aside);
}

const nameOf = { usd: 'US dollars', calls: 'calls', tokens: 'tokens' } as const;

/** `spent`: by the part itself; `next`: what the call that finds no room may cost at most. */
export function reachedSentence({ path, unit, limit, left, aside }: Room, spent: Amount, next: Amount): string {
  const inAll = rounded(limit - left - aside + spent[unit]);
  const others = aside > 0 ? `${rounded(aside)} more are set aside for calls under way, ` : '';
  return `The budget of ${limit} ${nameOf[unit]} (${path}) is reached: ${inAll} are spent, ${others}and what comes next may take ${rounded(next[unit])}.`;
}

/** All limits that are given, with their paths in the loop file. */
export function limitsOf(
  limits: Limits,
): { path: string; stage: Stage | undefined; unit: keyof Amount; limit: number }[] {
  return [undefined, ...stages].flatMap((stage) =>
    (['usd', 'calls', 'tokens'] as const).flatMap((unit) => {
      const group: Partial<Record<keyof Amount, number | undefined>> =
        (stage === undefined ? limits : limits[stage]) ?? {};
      const limit = group[unit];
      const path = stage === undefined ? `budget.${unit}` : `budget.${stage}.${unit}`;
      return limit === undefined ? [] : [{ path, stage, unit, limit }];
    }),
  );
}

/** Sums of prices end in 0.30000000000000004; nobody is billed for that. */
function rounded(sum: number): number {
  return Number(sum.toFixed(6));
}
