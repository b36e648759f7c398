import { keys } from '../core/artifact-keys.ts';
import { hasLimits, insistOnBudget, type Ledger, ledgerSchema, spentBy } from '../core/budget.ts';
import { WriteConflict } from '../core/errors.ts';
import type { Store } from '../core/ports.ts';
import type { Run } from '../core/run.ts';
import { addUsage, noUsage, type Usage } from '../core/usage.ts';
import { findArtifact, type Persistence, updateArtifact, usualPersistence } from './artifacts.ts';
import { usageByPart } from './usage-of-run.ts';

/** The run's purse, as one part of the run sees it. What others spend shows when the part records. */
export interface Purse {
  /** Throws BudgetReached when the run's limit is reached, or has no room for `usdAhead`. */
  insist(usdAhead?: number): void;
  /** What this part has spent in all so far, in this life and earlier ones. */
  spend(usage: Usage): void;
  /** Writes it down for the others; harmless to repeat. Where many write at once it may be lost: the next one carries it. */
  record(): Promise<void>;
  /** The last record, which no other carries: tries for longer. Throws WriteConflict. */
  close(): Promise<void>;
}

/** Few tries while more is to come: each one is in the way of the others. */
const TRIES_ON_THE_WAY = 3;

/** Begins the ledger of a run that has limits. One that got them on the way owes what it spent before. */
export async function openLedger(store: Store, run: Run): Promise<void> {
  const key = keys.budget(run.run);
  if (!hasLimits(run.loop.budget) || (await findArtifact(store, key, ledgerSchema))) return;
  const parts = await usageByPart(store, run);
  await updateArtifact(store, key, ledgerSchema, (current) => (current ? undefined : { parts }));
}

export async function openPurse(
  store: Store,
  { run, loop }: Run,
  part: string,
  persistence: Persistence = usualPersistence,
): Promise<Purse> {
  if (!hasLimits(loop.budget)) return bottomless;
  const key = keys.budget(run);
  let ledger: Ledger = (await findArtifact(store, key, ledgerSchema)) ?? { parts: {} };
  let own = noUsage;
  const others = () => ({ parts: { ...ledger.parts, [part]: noUsage } });
  const write = (tries: number) =>
    updateArtifact(
      store,
      key,
      ledgerSchema,
      (current) => {
        ledger = { parts: { ...current?.parts, [part]: own } };
        return ledger;
      },
      { ...persistence, tries },
    );
  return {
    insist: (usdAhead) => insistOnBudget(loop.budget, addUsage(spentBy(others()), own), usdAhead),
    spend: (usage) => {
      own = usage;
    },
    async record() {
      try {
        await write(TRIES_ON_THE_WAY);
      } catch (error) {
        if (!(error instanceof WriteConflict)) throw error;
      }
    },
    close: () => write(persistence.tries),
  };
}

const bottomless: Purse = {
  insist: () => undefined,
  spend: () => undefined,
  record: async () => undefined,
  close: async () => undefined,
};
