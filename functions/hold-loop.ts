import { keys } from '../core/artifact-keys.ts';
import { LoopBusy } from '../core/errors.ts';
import type { Executions, Store } from '../core/ports.ts';
import { type Running, runningSchema } from '../core/run.ts';
import { findArtifact, updateArtifact } from './artifacts.ts';

/** What starting and following runs needs. */
export interface RunServices {
  readonly store: Store;
  readonly executions: Executions;
  /** The loop that is deployed. */
  readonly loop: string;
  readonly now: () => Date;
}

/**
 * Whoever has written that it starts an execution starts it within the 30 s that it lives, and Step Functions tells of it some
 * seconds later. After 2 minutes nobody will.
 */
const STARTING_MS = 120_000;

/**
 * Takes the loop for an execution of a run, by compare-and-set on `running.json`: from nobody, from an execution that is
 * over, or again for the run that has it. It is never given back: it is free when that execution is running no more.
 * Throws LoopBusy, WriteConflict.
 */
export async function holdLoop(services: RunServices, run: string, execution: string): Promise<void> {
  const { store, loop, now } = services;
  const key = keys.running(loop);
  let isMine = false;
  while (!isMine) {
    const held = await findArtifact(store, key, runningSchema);
    if (held && held.run !== run && (await isAtWork(services, held))) throw new LoopBusy(loop, held.run);
    // Whoever took it since then is looked at in the next turn.
    await updateArtifact(store, key, runningSchema, (current) => {
      isMine = JSON.stringify(current) === JSON.stringify(held);
      return isMine ? { run, execution, since: now().toISOString() } : undefined;
    });
  }
}

/** Whether an execution runs, or may be about to. */
export async function isAtWork({ executions, now }: RunServices, { execution, since }: Running): Promise<boolean> {
  const found = await executions.describe(execution);
  if (found?.status === 'running') return true;
  // One that is being redriven is told of as ended for a while: then it was taken after that end.
  const wasTakenSince = found?.stoppedAt === undefined || Date.parse(found.stoppedAt) < Date.parse(since);
  return wasTakenSince && now().getTime() - Date.parse(since) < STARTING_MS;
}
