import { reportLinkSchema } from '../../../core/api.ts';
import { keys } from '../../../core/artifact-keys.ts';
import type { Links, Store } from '../../../core/ports.ts';
import { reportSchema } from '../../../core/report.ts';
import { executionSchema } from '../../../core/run.ts';
import { findArtifact } from '../../artifacts.ts';
import { nothing, type Route } from '../define-route.ts';
import { RequestRefused, unknownRun } from '../problem.ts';
import { runPath } from '../run-route.ts';

interface ReportServices {
  readonly store: Store;
  readonly links: Links;
}

/** GET /runs/{run}/report */
export const getReport: Route<typeof runPath, typeof nothing, typeof nothing, typeof reportLinkSchema, ReportServices> =
  {
    name: 'get-report',
    path: runPath,
    query: nothing,
    body: nothing,
    answer: reportLinkSchema,
    async run({ path: { run } }, { store, links }) {
      const report = await findArtifact(store, keys.report(run), reportSchema);
      if (report === undefined) throw await whyNone(store, run);
      const { url, expiresAt } = await links.linkTo(keys.reportPage(run), 'text/html; charset=utf-8');
      const { rounds: _, ...rest } = report;
      return { body: { url, expiresAt: expiresAt.toISOString(), report: rest } };
    },
  };

async function whyNone(store: Store, run: string): Promise<RequestRefused> {
  const execution = await findArtifact(store, keys.execution(run), executionSchema);
  if (execution === undefined) return unknownRun(run);
  return new RequestRefused(404, `The run ${run} has no report: it is under way, or was stopped before its end.`);
}
