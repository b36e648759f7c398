import * as z from 'zod';
import type { RunView } from '../../core/api.ts';
import { type ExecutionRecord, runName } from '../../core/run.ts';
import { currentExecution } from '../current-execution.ts';
import type { RunServices } from '../hold-loop.ts';
import type { RouteAnswer } from './define-route.ts';
import { unknownRun } from './problem.ts';
import { type ViewServices, viewOf } from './run-view.ts';

/** Of routes below /runs/{run}. */
export const runPath = z.strictObject({ run: runName });

/** The execution of a run that must be there. Throws RequestRefused. */
export async function knownExecution(services: RunServices, run: string): Promise<ExecutionRecord> {
  const found = await currentExecution(services, run);
  if (found) return found;
  throw unknownRun(run);
}

/** How a run stands now, as an answer. */
export async function answerWithView(services: ViewServices, run: string): Promise<RouteAnswer<RunView>> {
  return { body: await viewOf(services, run, await knownExecution(services, run)) };
}
