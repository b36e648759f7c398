import type { Part } from '../core/artifact-keys.ts';
import { ArtifactMissing } from '../core/errors.ts';
import type { Store } from '../core/ports.ts';
import type { Run } from '../core/run.ts';
import { insistOnRoom } from './budget.ts';
import { findSummary } from './finish-part.ts';
import { manyAtOnce } from './many-at-once.ts';

/** Throws when a shard of a part isn't finished: BudgetReached where the budget stopped it, else ArtifactMissing. */
export async function insistOnAllShards(
  store: Store,
  run: Run,
  { round, part, shards }: { readonly round: number; readonly part: Part; readonly shards: number },
): Promise<void> {
  const found = await manyAtOnce([...Array(shards).keys()], (shard) =>
    findSummary(store, { run: run.run, round, part, shard }),
  );
  const missing = found.indexOf(undefined);
  if (missing < 0) return;
  await insistOnRoom(store, run);
  throw new ArtifactMissing(`Shard ${missing} of ${part} in round ${round} of run ${run.run} is not finished.`);
}
