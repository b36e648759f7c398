import { seedFor } from '../core/random.ts';
import type { ExecutionRecord } from '../core/run.ts';
import { currentExecution, recordExecution } from './current-execution.ts';
import { holdLoop, type RunServices } from './hold-loop.ts';

/** What starting runs needs: what was deployed besides. */
export interface BeginServices extends RunServices {
  /** Which staged loop. */
  readonly version: string;
  /** Of the loop file. */
  readonly loopSeed: number;
}

export interface RunToBegin {
  readonly run: string;
  readonly version?: string | undefined;
  readonly seed?: number | undefined;
}

/**
 * Starts a run, once: asked for again at any time, it gives the run that there is. First `running.json` says who is to have
 * the loop, then the execution is started, under the run's name and so once at most, then `execution.json` names it; a call
 * that finds this half done does the rest. Throws LoopBusy, WriteConflict, and as the store and Executions do.
 */
export async function beginRun(
  services: BeginServices,
  { run, version = services.version, seed = seedFor(services.loopSeed, run) }: RunToBegin,
): Promise<{ readonly execution: ExecutionRecord; readonly isNew: boolean }> {
  const { executions, loop } = services;
  const known = await currentExecution(services, run);
  if (known) return { execution: known, isNew: false };
  await holdLoop(services, run, run);
  const input = { run, loop, version, seed };
  const { arn, isThere } = await executions.start(run, input);
  // Somebody else was faster, and may have asked for another version or seed.
  const other = isThere ? await currentExecution(services, run) : undefined;
  if (other) return { execution: other, isNew: false };
  return { execution: await recordExecution(services, run, { arn, name: run, input }), isNew: true };
}
