import { keys } from '../core/artifact-keys.ts';
import { hasLimits, insistOnBudget, type Ledger, ledgerSchema, spentBy } from '../core/budget.ts';
import type { Store } from '../core/ports.ts';
import type { Run } from '../core/run.ts';
import { addUsage, noUsage, type Usage } from '../core/usage.ts';
import { findArtifact, updateArtifact } from './artifacts.ts';

/** The run's purse, as one part of the run sees it. What others spend shows when the part records. */
export interface Purse {
  /** Throws BudgetReached when the run's limit is reached. */
  insist(): void;
  /** What this part has spent in all so far, in this life and earlier ones. */
  spend(usage: Usage): void;
  /** Writes it down for the others; harmless to repeat. */
  record(): Promise<void>;
}

export async function openPurse(store: Store, { run, loop }: Run, part: string): Promise<Purse> {
  if (!hasLimits(loop.budget))
    return { insist: () => undefined, spend: () => undefined, record: async () => undefined };
  const key = keys.budget(run);
  let ledger: Ledger = (await findArtifact(store, key, ledgerSchema)) ?? { parts: {} };
  let own = noUsage;
  const others = () => ({ parts: { ...ledger.parts, [part]: noUsage } });
  return {
    insist: () => insistOnBudget(loop.budget, addUsage(spentBy(others()), own)),
    spend: (usage) => {
      own = usage;
    },
    async record() {
      await updateArtifact(store, key, ledgerSchema, (current) => {
        ledger = { parts: { ...current?.parts, [part]: own } };
        return ledger;
      });
    },
  };
}
