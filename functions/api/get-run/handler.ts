import { runViewSchema } from '../../../core/api.ts';
import { nothing, type Route } from '../define-route.ts';
import { answerWithView, runPath } from '../run-route.ts';
import type { ViewServices } from '../run-view.ts';

/** GET /runs/{run} */
export const getRun: Route<typeof runPath, typeof nothing, typeof nothing, typeof runViewSchema, ViewServices> = {
  name: 'get-run',
  path: runPath,
  query: nothing,
  body: nothing,
  answer: runViewSchema,
  run: ({ path }, services) => answerWithView(services, path.run),
};
