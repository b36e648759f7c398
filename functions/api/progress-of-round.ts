import type { StepProgress } from '../../core/api.ts';
import { keys, type PromptSet } from '../../core/artifact-keys.ts';
import type { PaidPart } from '../../core/budget.ts';
import { type PartSummary, partSummarySchema } from '../../core/part-summary.ts';
import type { Store } from '../../core/ports.ts';
import { type Run, trainingSchema } from '../../core/run.ts';
import { addUsage, noUsage, type Usage } from '../../core/usage.ts';
import { findArtifact } from '../artifacts.ts';
import { manyAtOnce } from '../many-at-once.ts';

interface CountedPart {
  readonly part: PaidPart;
  readonly step: string;
  readonly set: PromptSet;
}

const parts: readonly [CountedPart, CountedPart, CountedPart] = [
  { part: 'responses', step: 'sample-responses', set: 'train' },
  { part: 'verdicts', step: 'judge-responses', set: 'train' },
  { part: 'evaluation', step: 'evaluate-candidate', set: 'held-out' },
];

export interface RoundProgress {
  /** Steps that have begun, in the order of the workflow. */
  readonly steps: readonly StepProgress[];
  /** Of its finished shards, and its training jobs. */
  readonly spent: Usage;
}

/** How far a round is, as its finished shards tell; a shard that is under way counts when it is done. */
export async function progressOfRound(store: Store, run: Run, round: number): Promise<RoundProgress> {
  const [sampling, judging, evaluating] = parts;
  // One after the other: each keeps as many connections busy as there should be.
  const steps = [
    await progressOfPart(store, run, round, sampling),
    await progressOfPart(store, run, round, judging),
    await progressOfTraining(store, run, round),
    await progressOfPart(store, run, round, evaluating),
  ];
  const begun = steps.filter((step) => step !== undefined);
  return { steps: begun.map(({ progress }) => progress), spent: addUsage(...begun.map(({ usage }) => usage)) };
}

interface StepSoFar {
  readonly progress: StepProgress;
  readonly usage: Usage;
}

async function progressOfPart(
  store: Store,
  run: Run,
  round: number,
  { part, step, set }: CountedPart,
): Promise<StepSoFar | undefined> {
  const first = keys.summary(run.run, round, part, 0);
  const finished: string[] = [];
  let hasBegun = false;
  for await (const key of store.list(first.slice(0, first.lastIndexOf('/') + 1))) {
    hasBegun = true;
    if (key.endsWith('.summary.json')) finished.push(key);
  }
  if (!hasBegun) return undefined;
  const summaries = await manyAtOnce(finished, (key) => findArtifact(store, key, partSummarySchema));
  const found = summaries.filter((summary): summary is PartSummary => summary !== undefined);
  const usage = addUsage(...found.map((summary) => summary.usage));
  const done = found.reduce((sum, { rows }) => sum + rows, 0);
  const of = set === 'train' ? run.prompts.train : run.prompts.heldOut;
  return { progress: { step, round, done, of, usd: usage.usd }, usage };
}

/** A trainer says only whether it is done. */
async function progressOfTraining(store: Store, run: Run, round: number): Promise<StepSoFar | undefined> {
  const training = await findArtifact(store, keys.training(run.run, round), trainingSchema);
  if (training === undefined) return undefined;
  const usage = { ...noUsage, usd: training.usd };
  return {
    progress: { step: 'training', round, done: training.artifact === null ? 0 : 1, of: 1, usd: usage.usd },
    usage,
  };
}
