import * as z from 'zod';
import { contentHash } from '../random.ts';
import { type Evaluation, evaluationSchema, heldOutSchema } from '../report.ts';
import { addUsage, noUsage, usageSchema } from '../usage.ts';
import { meanInterval, wealthAgainst } from './betting.ts';
import type { EvaluatedPrompt, Outcome, Role } from './evaluated-prompt.ts';
import { heldOutTally, isRight } from './held-out.ts';

/** `evaluation.json`: all that the gate looks at. */
export const evaluationSummarySchema = z.strictObject({
  evaluation: evaluationSchema,
  heldOut: z.strictObject({ incumbent: heldOutSchema, candidate: heldOutSchema }),
  /** Prompts where both responses were checked; how many only one student got right. */
  pairedChecks: z.strictObject({
    prompts: z.int().min(0),
    onlyCandidate: z.int().min(0),
    onlyIncumbent: z.int().min(0),
  }),
  abstentionReasons: z.record(z.string(), z.int().min(1)),
  /** What all rows cost. */
  usage: usageSchema,
});
export type EvaluationSummary = z.infer<typeof evaluationSummarySchema>;

/** Reads the rows as a stream, in any order. `models` names both students for the report. */
export async function summarizeEvaluation(
  rows: Iterable<EvaluatedPrompt> | AsyncIterable<EvaluatedPrompt>,
  models: Readonly<Record<Role, string>>,
): Promise<EvaluationSummary> {
  const incumbent = heldOutTally(models.incumbent);
  const candidate = heldOutTally(models.candidate);
  const pairedChecks = { prompts: 0, onlyCandidate: 0, onlyIncumbent: 0 };
  const abstentionReasons: Record<string, number> = {};
  const outcomes: PromptOutcome[] = [];
  let decidedByChecks = 0;
  let usage = noUsage;
  for await (const row of rows) {
    outcomes.push({ place: contentHash(row.prompt), outcome: row.outcome, score: row.score });
    if (row.incumbent) incumbent.add(row.incumbent);
    if (row.candidate) candidate.add(row.candidate);
    countPair(pairedChecks, row);
    if (row.abstention) abstentionReasons[row.abstention] = (abstentionReasons[row.abstention] ?? 0) + 1;
    if (row.decidedBy === 'checks') decidedByChecks += 1;
    usage = addUsage(usage, row.usage);
  }
  const heldOut = { incumbent: incumbent.result(), candidate: candidate.result() };
  const evaluation = { ...evaluationOf(inRandomOrder(outcomes)), decidedByChecks };
  return { evaluation, heldOut, pairedChecks, abstentionReasons, usage };
}

function countPair(counts: EvaluationSummary['pairedChecks'], { incumbent, candidate }: EvaluatedPrompt): void {
  const incumbentRight = incumbent ? isRight(incumbent) : undefined;
  const candidateRight = candidate ? isRight(candidate) : undefined;
  if (incumbentRight === undefined || candidateRight === undefined) return;
  counts.prompts += 1;
  if (candidateRight && !incumbentRight) counts.onlyCandidate += 1;
  if (incumbentRight && !candidateRight) counts.onlyIncumbent += 1;
}

interface PromptOutcome {
  readonly place: string;
  readonly outcome: Outcome;
  readonly score: number;
}

/**
 * The wealth depends on the order. A file sorted by topic or difficulty would let its first prompts decide, so the order
 * is that of a hash: random as far as the outcomes go, and the same whichever shard comes first.
 */
function inRandomOrder(outcomes: readonly PromptOutcome[]): PromptOutcome[] {
  return outcomes.toSorted((a, b) => (a.place < b.place ? -1 : 1));
}

function evaluationOf(outcomes: readonly PromptOutcome[]): Omit<Evaluation, 'decidedByChecks'> {
  const values = outcomes.map(({ score }) => score);
  const count = (wanted: Outcome) => outcomes.filter(({ outcome }) => outcome === wanted).length;
  return {
    winRate: values.length === 0 ? 0.5 : values.reduce((sum, value) => sum + value, 0) / values.length,
    ...meanInterval(values, 0.95),
    prompts: values.length,
    wins: count('win'),
    ties: count('tie'),
    losses: count('loss'),
    abstentions: count('abstention'),
    wealth: thinned(wealthAgainst(0.5, values)),
  };
}

/** At most 120 points: evenly spaced ones, the last, and the highest, which the gate looks at. */
function thinned({ running, maximum }: { running: readonly number[]; maximum: number }): [number, number][] {
  const last = running.length - 1;
  const step = Math.max(1, Math.ceil(last / 117));
  const highest = running.indexOf(maximum);
  return running.flatMap((wealth, seen): [number, number][] =>
    seen % step === 0 || seen === highest || seen === last ? [[seen, wealth]] : [],
  );
}
