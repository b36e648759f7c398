import { listRunsSchema, type RunSummary, runListSchema } from '../../../core/api.ts';
import { keys } from '../../../core/artifact-keys.ts';
import type { ExecutionEntry } from '../../../core/ports.ts';
import { executionSchema } from '../../../core/run.ts';
import { findArtifact } from '../../artifacts.ts';
import type { RunServices } from '../../hold-loop.ts';
import { manyAtOnce } from '../../many-at-once.ts';
import { nothing, type Route } from '../define-route.ts';
import { runOfExecution } from '../execution-names.ts';

type ListServices = Pick<RunServices, 'store' | 'executions'>;

/** GET /runs: as far back as Step Functions remembers, 90 days. A run that took several executions shows its last. */
export const listRuns: Route<
  typeof nothing,
  typeof listRunsSchema,
  typeof nothing,
  typeof runListSchema,
  ListServices
> = {
  name: 'list-runs',
  path: nothing,
  query: listRunsSchema,
  body: nothing,
  answer: runListSchema,
  async run({ query: { limit, next } }, { store, executions }) {
    const page = await executions.list({ limit, next });
    const runs = await manyAtOnce(page.executions, async (entry): Promise<RunSummary | undefined> => {
      const run = runOfExecution(entry.name);
      const current = await findArtifact(store, keys.execution(run), executionSchema);
      return current === undefined || current.name === entry.name ? summaryOf(run, entry) : undefined;
    });
    return { body: { runs: runs.filter((run) => run !== undefined), next: page.next ?? null } };
  },
};

function summaryOf(run: string, { status, startedAt, stoppedAt }: ExecutionEntry): RunSummary {
  return { run, status, startedAt, stoppedAt: stoppedAt ?? null };
}
