import type * as z from 'zod';
import { keys, type Part } from '../../core/artifact-keys.ts';
import { evaluatedPromptSchema } from '../../core/evaluation/evaluated-prompt.ts';
import { isRight } from '../../core/evaluation/held-out.ts';
import { type EvaluationSummary, evaluationSummarySchema } from '../../core/evaluation/summarize-evaluation.ts';
import { addLabels, type LabelCounts, reportedLabels } from '../../core/pairs/labels.ts';
import { preferencePairSchema } from '../../core/pairs/preference-pair.ts';
import type { Store } from '../../core/ports.ts';
import { conversationText, promptSchema } from '../../core/prompt.ts';
import { contentHash } from '../../core/random.ts';
import {
  type beforeAfterSchema,
  datasetSchema,
  decisionSchema,
  type galleryPairSchema,
  type RoundReport,
  type stages,
} from '../../core/report.ts';
import { outcomeSchema, type Run, servingSchema, trainingSchema } from '../../core/run.ts';
import { addUsage } from '../../core/usage.ts';
import { findArtifact, readRows } from '../artifacts.ts';
import { findSummary } from '../finish-part.ts';
import { manyAtOnce } from '../many-at-once.ts';
import { incumbentOf } from '../round.ts';
import { usageOfShards, usageOfTraining } from '../usage-of-run.ts';

/** Shown in the report for each round; a person reads no more. */
const PAIRS_SHOWN = 8;
const PROMPTS_SHOWN = 12;

/** One round as far as it got, or undefined where nothing of it is there. */
export async function collectRound(store: Store, run: Run, round: number): Promise<RoundReport | undefined> {
  const usageByStage = await usageOfStages(store, run, round);
  const labels = await labelsOfShards(store, run, round);
  if (labels.length === 0 && Object.keys(usageByStage).length === 0) return undefined;

  const find = <T extends z.ZodType>(key: string, schema: T) => findArtifact(store, key, schema);
  const dataset = await find(keys.dataset(run.run, round), datasetSchema);
  const serving = await find(keys.serving(run.run, round), servingSchema);
  const summary = await find(keys.evaluation(run.run, round), evaluationSummarySchema);
  const outcome = await find(keys.outcome(run.run, round), outcomeSchema);
  const decision = await find(keys.decision(run.run, round), decisionSchema);
  return {
    round,
    incumbent: await incumbentOf(store, run, round),
    candidate: serving?.model ?? null,
    labels: reportedLabels(addLabels(labels)),
    dataset: dataset ?? null,
    training: await trainingOf(store, run, round),
    heldOut: summary?.heldOut ?? null,
    evaluation: summary?.evaluation ?? null,
    decision: decision ?? null,
    promoted: outcome?.promoted ?? null,
    usage: addUsage(...Object.values(usageByStage)),
    usageByStage,
    gallery: dataset ? await galleryOf(store, run, round) : [],
    beforeAfter: summary ? await beforeAfterOf(store, run, round, summary) : [],
  };
}

async function trainingOf(store: Store, run: Run, round: number): Promise<RoundReport['training']> {
  const training = await findArtifact(store, keys.training(run.run, round), trainingSchema);
  const method = run.loop.trainer?.method;
  if (!training?.job || method === undefined) return null;
  const { job, status, trainedTokens, hyperparameters } = training;
  return { method, job, status, trainedTokens, hyperparameters };
}

async function labelsOfShards(store: Store, run: Run, round: number): Promise<LabelCounts[]> {
  const summaries = await manyAtOnce([...Array(run.shards.train).keys()], (shard) =>
    findSummary(store, { run: run.run, round, part: 'pairs', shard }),
  );
  return summaries.flatMap((summary) => summary?.labels ?? []);
}

const stageOfPart = {
  responses: 'sample-responses',
  verdicts: 'judge-responses',
  evaluation: 'evaluate-candidate',
} as const satisfies Partial<Record<Part, (typeof stages)[number]>>;

/** What each stage cost. */
async function usageOfStages(store: Store, run: Run, round: number): Promise<RoundReport['usageByStage']> {
  const byStage: RoundReport['usageByStage'] = {};
  for (const [part, stage] of Object.entries(stageOfPart) as [keyof typeof stageOfPart, (typeof stages)[number]][]) {
    const known = (await usageOfShards(store, run, round, part)).filter((usage) => usage !== undefined);
    if (known.length > 0) byStage[stage] = addUsage(...known);
  }
  const training = await usageOfTraining(store, run, round);
  if (training) byStage.training = training;
  return byStage;
}

/** A few pairs, the same ones whenever the report is written again, and no more of them in memory. */
async function galleryOf(store: Store, run: Run, round: number): Promise<RoundReport['gallery']> {
  const rows = readRows(store, keys.datasetRows(run.run, round, 'train'), preferencePairSchema);
  const pairs = await lowest(rows, PAIRS_SHOWN, ({ prompt }) => contentHash(`${run.loop.seed}/${prompt.id}`));
  return pairs.map(
    ({ prompt, chosen, rejected, margin, decidedBy, critiques }): z.infer<typeof galleryPairSchema> => ({
      prompt: conversationText(prompt),
      chosen: chosen.text,
      rejected: rejected.text,
      margin,
      decidedBy,
      critiques,
    }),
  );
}

/** Before and after on the same held-out prompts: some that changed for the better, some for the worse, some that did not. */
async function beforeAfterOf(
  store: Store,
  run: Run,
  round: number,
  { evaluation }: EvaluationSummary,
): Promise<RoundReport['beforeAfter']> {
  const shown: RoundReport['beforeAfter'] = [];
  const share = Math.ceil(PROMPTS_SHOWN / 4);
  const wanted = { win: PROMPTS_SHOWN - 2 * share, loss: share, tie: share, abstention: 0 };
  if (evaluation.losses < share) wanted.win += share - evaluation.losses;
  for (let shard = 0; shard < run.shards.heldOut && shown.length < PROMPTS_SHOWN; shard++) {
    const prompts = new Map<string, string>();
    for await (const prompt of readRows(store, keys.prompts(run.run, 'held-out', shard), promptSchema)) {
      prompts.set(prompt.id, conversationText(prompt));
    }
    for await (const row of readRows(store, keys.part(run.run, round, 'evaluation', shard), evaluatedPromptSchema)) {
      const { incumbent, candidate, outcome } = row;
      if (!incumbent || !candidate || wanted[outcome] === 0) continue;
      wanted[outcome]--;
      shown.push({
        prompt: prompts.get(row.prompt) ?? row.prompt,
        incumbent: incumbent.text,
        candidate: candidate.text,
        incumbentRight: isRight(incumbent) ?? null,
        candidateRight: isRight(candidate) ?? null,
        outcome,
      } satisfies z.infer<typeof beforeAfterSchema>);
    }
  }
  return shown;
}

/** The `count` rows with the lowest keys, in their order. */
async function lowest<T>(rows: AsyncIterable<T>, count: number, keyOf: (row: T) => string): Promise<T[]> {
  let kept: { row: T; key: string }[] = [];
  for await (const row of rows) {
    kept.push({ row, key: keyOf(row) });
    if (kept.length > 2 * count) kept = kept.sort((a, b) => (a.key < b.key ? -1 : 1)).slice(0, count);
  }
  return kept
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .slice(0, count)
    .map(({ row }) => row);
}
