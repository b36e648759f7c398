import * as z from 'zod';
import type { JudgedPrompt } from '../judging/judged-prompt.ts';
import { type Comparison, tie, type Verdict } from '../judging/verdict.ts';
import { type Labels, labelsSchema } from '../report.ts';
import type { SampledPrompt } from '../response.ts';
import type { BuiltPair } from './build-pair.ts';

/** Labels as a shard counts them: only sums, so that shards can be added up. The report's share is made at the end. */
export const labelCountsSchema = labelsSchema.omit({ firstShownWins: true }).extend({
  /** The teacher's verdicts that are no ties, and those of them won by the response shown first. */
  decided: z.int().min(0),
  firstShown: z.int().min(0),
});
export type LabelCounts = z.infer<typeof labelCountsSchema>;

/** All that became of one prompt. */
export interface LabelRow {
  readonly sampled: SampledPrompt;
  readonly judged: JudgedPrompt;
  readonly built: BuiltPair;
}

/** What the prompts of one shard came to. */
export function labelsOf(rows: Iterable<LabelRow>): LabelCounts {
  return addLabels(Iterator.from(rows).map(countsOf));
}

/** Adds up shards, in any order. */
export function addLabels(parts: Iterable<LabelCounts>): LabelCounts {
  return Iterator.from(parts).reduce(add, noLabels);
}

export function reportedLabels({ decided, firstShown, ...counts }: LabelCounts): Labels {
  return { ...counts, firstShownWins: decided === 0 ? null : firstShown / decided };
}

function countsOf({ sampled, judged, built }: LabelRow): LabelCounts {
  const comparisons = asked(judged);
  const verdicts = comparisons.filter((comparison) => comparison.kind === 'verdict');
  const abstentions = comparisons.filter((comparison) => comparison.kind === 'abstention');
  const decided = verdicts.filter((verdict) => verdict.decidedBy === 'teacher' && verdict.winner !== tie);
  return {
    prompts: 1,
    responses: sampled.responses.length,
    missing: countBy(sampled.missing.map(({ reason }) => reason)),
    leftOut: countBy(Object.values(judged.leftOut)),
    verdicts: verdicts.length,
    verdictsByChecks: verdicts.filter(({ decidedBy }) => decidedBy === 'checks').length,
    abstentions: abstentions.length,
    abstentionReasons: countBy(abstentions.map(({ reason }) => reason)),
    ties: verdicts.filter(({ winner }) => winner === tie).length,
    orderConflicts: isOrderConflict(judged.confirmation) ? 1 : 0,
    pairs: built.kind === 'pair' ? 1 : 0,
    noPair: built.kind === 'no-pair' ? { [built.reason]: 1 } : {},
    decided: decided.length,
    firstShown: decided.filter(({ winner, compared }) => winner === compared[0]).length,
    canaries: {
      asked: judged.canary === null ? 0 : 1,
      missed: judged.canary === 'missed' ? 1 : 0,
      abstained: judged.canary === 'abstained' ? 1 : 0,
    },
    unreadableCritiques: judged.critiques === 'unreadable' ? 1 : 0,
  };
}

/**
 * Each comparison that was made, once. The confirmation holds again what the search had already asked, and a search asks
 * no order of two responses twice: so two and their order name a question. Code is asked without an order.
 */
function asked({ search, confirmation }: JudgedPrompt): Comparison[] {
  const question = (comparison: Comparison) =>
    JSON.stringify(isByChecks(comparison) ? comparison.compared.toSorted() : comparison.compared);
  return [...new Map([...search, ...confirmation].map((one) => [question(one), one])).values()];
}

function isByChecks(comparison: Comparison): boolean {
  return comparison.kind === 'verdict' && comparison.decidedBy === 'checks';
}

/** Two decided verdicts, one for each order, that name different winners; a tie is undecided. */
function isOrderConflict(confirmation: readonly Comparison[]): boolean {
  const decided = confirmation.filter((one): one is Verdict => one.kind === 'verdict' && one.winner !== tie);
  return new Set(decided.map(({ winner }) => winner)).size > 1;
}

type Counts = Readonly<Record<string, number>>;

function countBy(reasons: readonly string[]): Record<string, number> {
  return reasons.reduce((counts, reason) => addCounts(counts, { [reason]: 1 }), {});
}

function addCounts(first: Counts, second: Counts): Record<string, number> {
  const sum: Record<string, number> = { ...first };
  for (const [reason, count] of Object.entries(second)) sum[reason] = (sum[reason] ?? 0) + count;
  return sum;
}

const noLabels: LabelCounts = {
  prompts: 0,
  responses: 0,
  missing: {},
  leftOut: {},
  verdicts: 0,
  verdictsByChecks: 0,
  abstentions: 0,
  abstentionReasons: {},
  ties: 0,
  orderConflicts: 0,
  pairs: 0,
  noPair: {},
  decided: 0,
  firstShown: 0,
  canaries: { asked: 0, missed: 0, abstained: 0 },
  unreadableCritiques: 0,
};

function add(first: LabelCounts, second: LabelCounts): LabelCounts {
  return {
    prompts: first.prompts + second.prompts,
    responses: first.responses + second.responses,
    missing: addCounts(first.missing, second.missing),
    leftOut: addCounts(first.leftOut, second.leftOut),
    verdicts: first.verdicts + second.verdicts,
    verdictsByChecks: first.verdictsByChecks + second.verdictsByChecks,
    abstentions: first.abstentions + second.abstentions,
    abstentionReasons: addCounts(first.abstentionReasons, second.abstentionReasons),
    ties: first.ties + second.ties,
    orderConflicts: first.orderConflicts + second.orderConflicts,
    pairs: first.pairs + second.pairs,
    noPair: addCounts(first.noPair, second.noPair),
    decided: first.decided + second.decided,
    firstShown: first.firstShown + second.firstShown,
    canaries: {
      asked: first.canaries.asked + second.canaries.asked,
      missed: first.canaries.missed + second.canaries.missed,
      abstained: first.canaries.abstained + second.canaries.abstained,
    },
    unreadableCritiques: first.unreadableCritiques + second.unreadableCritiques,
  };
}
