import { runViewSchema } from '../../../core/api.ts';
import { keys } from '../../../core/artifact-keys.ts';
import { reportSchema } from '../../../core/report.ts';
import type { ExecutionRecord } from '../../../core/run.ts';
import { findArtifact } from '../../artifacts.ts';
import { recordExecution } from '../../current-execution.ts';
import { holdLoop } from '../../hold-loop.ts';
import { nothing, type Route } from '../define-route.ts';
import { nextExecution } from '../execution-names.ts';
import { executionStanding } from '../execution-standing.ts';
import { RequestRefused } from '../problem.ts';
import { knownExecution, runPath } from '../run-route.ts';
import { type ViewServices, viewOf } from '../run-view.ts';

/** Endings after which a run can go on: somebody may have answered since, or the limit is a new one. */
const endingsToGoOnFrom: readonly string[] = ['budget-reached', 'approval-pending', 'approval-expired'];

/**
 * POST /runs/{run}/resume: redrives an execution that failed, timed out or was stopped; where it can't be, and after an
 * ending that leaves something to do, another execution goes on. Both find what was made and pay for nothing again.
 */
export const resumeRun: Route<typeof runPath, typeof nothing, typeof nothing, typeof runViewSchema, ViewServices> = {
  name: 'resume-run',
  path: runPath,
  query: nothing,
  body: nothing,
  answer: runViewSchema,
  async run({ path: { run } }, services) {
    const execution = await knownExecution(services, run);
    const { status } = await executionStanding(services, run, execution);
    if (status === 'running') throw new RequestRefused(409, `The run ${run} is under way.`);
    if (status === 'ended') await insistOnMoreToDo(services, run);
    else if (await redriven(services, run, execution))
      return { status: 202, body: await viewOf(services, run, execution) };
    return { status: 202, body: await viewOf(services, run, await another(services, run, execution)) };
  },
};

async function insistOnMoreToDo({ store }: ViewServices, run: string): Promise<void> {
  const ending = (await findArtifact(store, keys.report(run), reportSchema))?.ending.name ?? 'ended';
  if (endingsToGoOnFrom.includes(ending)) return;
  throw new RequestRefused(409, `The run ${run} has come to its end (${ending}): nothing is left to do.`);
}

async function redriven(services: ViewServices, run: string, { name }: ExecutionRecord): Promise<boolean> {
  await holdLoop(services, run, name);
  return services.executions.redrive(name);
}

/** Under its number, so that a call that is sent again finds it. */
async function another(
  services: ViewServices,
  run: string,
  { name, input }: ExecutionRecord,
): Promise<ExecutionRecord> {
  const next = nextExecution(name);
  await holdLoop(services, run, next);
  const { arn } = await services.executions.start(next, input);
  return recordExecution(services, run, { arn, name: next, input });
}
