import { keys, type Part } from '../core/artifact-keys.ts';
import { type Ledger, ledgerParts } from '../core/budget.ts';
import type { Store } from '../core/ports.ts';
import { type Run, trainingSchema } from '../core/run.ts';
import { addUsage, noUsage, type Usage, usageSchema } from '../core/usage.ts';
import { findArtifact } from './artifacts.ts';
import { findSummary } from './finish-part.ts';

/** What every part of a ledger has cost so far, as the run's own artifacts tell. */
export async function usageByPart(store: Store, run: Run): Promise<Ledger['parts']> {
  const parts: Ledger['parts'] = {};
  for (let round = 1; round <= run.loop.rounds; round++) {
    for (const part of ['responses', 'verdicts', 'evaluation'] as const) {
      for (const [shard, usage] of (await usageOfShards(store, run, round, part)).entries()) {
        if (usage) parts[ledgerParts.shard(round, part, shard)] = usage;
      }
    }
    const training = await findArtifact(store, keys.training(run.run, round), trainingSchema);
    if (training?.job) parts[ledgerParts.training(round)] = { ...noUsage, usd: training.usd };
  }
  return parts;
}

/** What each shard of a part has cost, those that are not finished included: their rows are paid for too. */
export function usageOfShards(store: Store, run: Run, round: number, part: Part): Promise<(Usage | undefined)[]> {
  const shards = part === 'evaluation' ? run.shards.heldOut : run.shards.train;
  return Promise.all(Array.from({ length: shards }, (_, shard) => usageOfShard(store, run, round, part, shard)));
}

async function usageOfShard(
  store: Store,
  { run }: Run,
  round: number,
  part: Part,
  shard: number,
): Promise<Usage | undefined> {
  const summary = await findSummary(store, { run, round, part, shard });
  if (summary) return summary.usage;
  let spent: Usage | undefined;
  for await (const key of store.list(keys.checkpoints(run, round, part, shard))) {
    for await (const line of store.lines(key)) {
      spent = addUsage(spent ?? noUsage, usageSchema.parse(JSON.parse(line).usage));
    }
  }
  return spent;
}
