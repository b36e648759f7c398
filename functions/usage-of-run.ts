import { keys } from '../core/artifact-keys.ts';
import { type LedgerPart, ledgerParts, type PaidPart } from '../core/budget.ts';
import type { Store } from '../core/ports.ts';
import { type Run, trainingSchema } from '../core/run.ts';
import { addUsage, noUsage, type Usage } from '../core/usage.ts';
import { findArtifact } from './artifacts.ts';
import { callsBelow } from './call-record.ts';
import { findSummary } from './finish-part.ts';
import { manyAtOnce } from './many-at-once.ts';

/** What every part of a ledger has cost so far, as the run's own artifacts tell. */
export async function usageByPart(store: Store, run: Run): Promise<[LedgerPart, Usage][]> {
  const parts: [LedgerPart, Usage][] = [];
  for (let round = 1; round <= run.loop.rounds; round++) {
    // A run that has just begun has many shards, and nothing of any.
    if (!(await hasBegun(store, run, round))) break;
    for (const part of ['responses', 'verdicts', 'evaluation'] as const) {
      for (const [shard, usage] of (await usageOfShards(store, run, round, part)).entries()) {
        if (usage) parts.push([ledgerParts.shard(round, part, shard), usage]);
      }
    }
    const training = await usageOfTraining(store, run, round);
    if (training) parts.push([ledgerParts.training(round), training]);
  }
  return parts;
}

async function hasBegun(store: Store, { run }: Run, round: number): Promise<boolean> {
  const folder = keys.dataset(run, round).replace(/[^/]+$/, '');
  for await (const _ of store.list(folder)) return true;
  return false;
}

/** What each shard of a part has cost, those that are not finished included: their calls are paid for too. */
export async function usageOfShards(
  store: Store,
  run: Run,
  round: number,
  part: PaidPart,
): Promise<(Usage | undefined)[]> {
  const shards = part === 'evaluation' ? run.shards.heldOut : run.shards.train;
  return manyAtOnce([...Array(shards).keys()], (shard) => usageOfShard(store, run, round, part, shard));
}

/** What the jobs of a round have cost, those that ended in vain included; undefined where there was none. */
export async function usageOfTraining(store: Store, { run }: Run, round: number): Promise<Usage | undefined> {
  const training = await findArtifact(store, keys.training(run, round), trainingSchema);
  const hasJob = training !== undefined && (training.job !== null || training.usd > 0);
  return hasJob ? { ...noUsage, usd: training.usd } : undefined;
}

/** How many calls of earlier runs the finished shards of a round have used again. */
export async function reusedCalls(store: Store, { run, shards }: Run, round: number): Promise<number> {
  const places = (['responses', 'verdicts'] as const).flatMap((part) =>
    Array.from({ length: shards.train }, (_, shard) => ({ run, round, part, shard })),
  );
  const summaries = await manyAtOnce(places, (place) => findSummary(store, place));
  return summaries.reduce((sum, summary) => sum + (summary?.reused ?? 0), 0);
}

async function usageOfShard(
  store: Store,
  { run }: Run,
  round: number,
  part: PaidPart,
  shard: number,
): Promise<Usage | undefined> {
  const place = { run, round, part, shard };
  const finished = await findSummary(store, place);
  if (finished) return finished.usage;
  let spent: Usage | undefined;
  for await (const { usage } of callsBelow(store, keys.calls(run, round, part, shard))) {
    spent = addUsage(spent ?? noUsage, usage);
  }
  // A shard that has finished meanwhile has deleted its calls, some of them before we came to read them.
  return (await findSummary(store, place))?.usage ?? spent;
}
