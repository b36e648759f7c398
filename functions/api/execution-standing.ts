import { keys } from '../../core/artifact-keys.ts';
import type { ExecutionView } from '../../core/ports.ts';
import { reportSchema } from '../../core/report.ts';
import { type ExecutionRecord, runningSchema, runSchema } from '../../core/run.ts';
import { findArtifact } from '../artifacts.ts';
import { isAtWork, type RunServices } from '../hold-loop.ts';
import { unknownRun } from './problem.ts';

export type Standing = Pick<ExecutionView, 'status' | 'startedAt' | 'stoppedAt' | 'error' | 'cause'>;

/**
 * How an execution stands. Step Functions knows nothing of one in its first seconds, and forgets it 90 days after its end:
 * then `running.json` and the artifacts tell.
 */
export async function executionStanding(
  services: RunServices,
  run: string,
  { name }: ExecutionRecord,
): Promise<Standing> {
  const found = await services.executions.describe(name);
  if (found) return found;
  const running = await findArtifact(services.store, keys.running(services.loop), runningSchema);
  if (running?.execution === name && (await isAtWork(services, running))) {
    return { status: 'running', startedAt: running.since, ...untold };
  }
  return forgotten(services, run);
}

const untold = { stoppedAt: undefined, error: undefined, cause: undefined };

async function forgotten({ store }: RunServices, run: string): Promise<Standing> {
  const report = await findArtifact(store, keys.report(run), reportSchema);
  if (report) {
    const { startedAt, finishedAt: stoppedAt, ending } = report;
    return { ...untold, status: ending.name === 'failed' ? 'failed' : 'ended', startedAt, stoppedAt };
  }
  const plan = await findArtifact(store, keys.run(run), runSchema);
  if (plan === undefined) throw unknownRun(run);
  return { ...untold, status: 'stopped', startedAt: plan.startedAt };
}
