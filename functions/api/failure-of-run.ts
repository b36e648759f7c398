import type { RunView } from '../../core/api.ts';
import { keys } from '../../core/artifact-keys.ts';
import type { ErrorLog } from '../../core/ports.ts';
import { failureSchema } from '../../core/run.ts';
import { findArtifact } from '../artifacts.ts';
import type { RunServices } from '../hold-loop.ts';
import { messageIn } from '../message-in.ts';
import type { Standing } from './execution-standing.ts';

/** Fails with what went wrong before it (functions/fail-run/handler.ts). */
const sayingSo = ['Fail run'];

/** Why a run has failed: what Step Functions and the run's own record say, and the last error in the log. */
export async function failureOf(
  { store, executions, errorLog, now }: RunServices & { readonly errorLog?: ErrorLog | undefined },
  run: string,
  execution: string,
  { error, cause, stoppedAt }: Standing,
): Promise<NonNullable<RunView['failure']>> {
  const [recorded, state, log] = await Promise.all([
    findArtifact(store, keys.failure(run), failureSchema),
    executions.failedState(execution, sayingSo),
    // Without it the rest is still worth telling.
    errorLog
      ?.lastError(run, stoppedAt === undefined ? now() : new Date(stoppedAt))
      .catch(() => 'The log could not be read.'),
  ]);
  return {
    Error: error ?? recorded?.Error ?? 'Unknown',
    Cause: messageIn(cause ?? recorded?.Cause ?? ''),
    state: state ?? null,
    log: log ?? null,
  };
}
