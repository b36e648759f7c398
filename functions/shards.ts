import { keys, type Part } from '../core/artifact-keys.ts';
import { hasLimits, insistOnBudget, ledgerSchema, spentBy } from '../core/budget.ts';
import { ArtifactMissing } from '../core/errors.ts';
import type { Store } from '../core/ports.ts';
import type { Run } from '../core/run.ts';
import { findArtifact } from './artifacts.ts';
import { findSummary } from './finish-part.ts';

/** Throws when a shard of a part isn't finished: BudgetReached where the budget stopped it, else ArtifactMissing. */
export async function insistOnAllShards(
  store: Store,
  run: Run,
  { round, part, shards }: { readonly round: number; readonly part: Part; readonly shards: number },
): Promise<void> {
  for (let shard = 0; shard < shards; shard++) {
    if (await findSummary(store, { run: run.run, round, part, shard })) continue;
    if (hasLimits(run.loop.budget)) {
      const ledger = await findArtifact(store, keys.budget(run.run), ledgerSchema);
      insistOnBudget(run.loop.budget, spentBy(ledger ?? { parts: {} }));
    }
    throw new ArtifactMissing(`Shard ${shard} of ${part} in round ${round} of run ${run.run} is not finished.`);
  }
}
