import { keys, type Part } from '../../core/artifact-keys.ts';
import type { ProgressEvent, Store } from '../../core/ports.ts';
import { type Run, trainingSchema } from '../../core/run.ts';
import { findArtifact } from '../../functions/artifacts.ts';
import { findSummary } from '../../functions/finish-part.ts';

/** What earlier lives of a run have finished of a round: a shard that is done says nothing any more. */
export async function* doneBefore(store: Store, run: Run, round: number): AsyncIterable<ProgressEvent> {
  yield* finishedShards(store, run, round, 'responses', 'sample-responses');
  yield* finishedShards(store, run, round, 'verdicts', 'judge-responses');
  const training = await findArtifact(store, keys.training(run.run, round), trainingSchema);
  if (training?.artifact) yield { step: 'training', round, shard: 0, done: 1, of: 1, usd: training.usd };
  yield* finishedShards(store, run, round, 'evaluation', 'evaluate-candidate');
}

async function* finishedShards(
  store: Store,
  { run, prompts, shards }: Run,
  round: number,
  part: Part,
  step: string,
): AsyncIterable<ProgressEvent> {
  const set = part === 'evaluation' ? 'heldOut' : 'train';
  for (let shard = 0; shard < shards[set]; shard++) {
    const summary = await findSummary(store, { run, round, part, shard });
    if (summary) yield { step, round, shard, done: summary.rows, of: prompts[set], usd: summary.usage.usd };
  }
}
