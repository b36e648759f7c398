import { runViewSchema, stopRunSchema } from '../../../core/api.ts';
import { nothing, type Route } from '../define-route.ts';
import { answerWithView, knownExecution, runPath } from '../run-route.ts';
import type { ViewServices } from '../run-view.ts';

/** POST /runs/{run}/stop: what is paid for is kept, and the run can be resumed. One that is over stays as it is. */
export const stopRun: Route<typeof runPath, typeof nothing, typeof stopRunSchema, typeof runViewSchema, ViewServices> =
  {
    name: 'stop-run',
    path: runPath,
    query: nothing,
    body: stopRunSchema,
    answer: runViewSchema,
    async run({ path: { run }, body: { reason }, caller }, services) {
      const { name } = await knownExecution(services, run);
      const found = await services.executions.describe(name);
      // In its first seconds Step Functions may know nothing of one that runs.
      if (found === undefined || found.status === 'running')
        await services.executions.stop(name, `${caller}: ${reason || 'no reason given'}`);
      return answerWithView(services, run);
    },
  };
