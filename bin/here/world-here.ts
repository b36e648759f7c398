import { keys } from '../../core/artifact-keys.ts';
import { InvalidInput } from '../../core/errors.ts';
import { registrySchema, withRollback } from '../../core/registry.ts';
import { reportSchema } from '../../core/report.ts';
import { findArtifact, updateArtifact } from '../../functions/artifacts.ts';
import type { Globals } from '../globals.ts';
import { hint } from '../hint.ts';
import { findRun } from '../runs.ts';
import type { FoundReport, World } from '../world.ts';
import { findRegistry } from './find-registry.ts';
import { pairsHere } from './pairs-here.ts';
import { statusesHere } from './status-here.ts';

/** The runs and loops of a store on this machine. */
export function worldHere(globals: Globals): World {
  const { store } = globals;
  return {
    globals,
    statuses: (run) => statusesHere(globals, run),
    report: (run) => reportHere(globals, run),
    pairs: (run, wanted) => pairsHere(globals, run, wanted),
    registry: (loop) => findRegistry(store, loop),
    async rollBack(name, { to, reason }) {
      const { loop, incumbent: before } = await findRegistry(store, name);
      await updateArtifact(store, keys.registry(loop), registrySchema, (registry) => {
        const next = registry && withRollback(registry, { model: to, at: new Date().toISOString(), reason });
        if (next) return next;
        const problem = to === undefined ? 'the incumbent is the base student already' : `${to} is not in its lineage`;
        throw new InvalidInput(`The rollback of ${loop}`, [`${problem}; see ${hint(`models ${loop}`, globals)}`]);
      });
      const { incumbent } = await findRegistry(store, loop);
      return { loop, before, incumbent };
    },
  };
}

async function reportHere(globals: Globals, name: string | undefined): Promise<FoundReport> {
  const { store } = globals;
  const { run } = await findRun(globals, name);
  const report = await findArtifact(store, keys.report(run), reportSchema);
  if (!report) throw unfinished(run, globals);
  return {
    run,
    report,
    says: report.ending.says,
    async page() {
      const page = await store.read(keys.reportPage(run));
      if (!page) throw unfinished(run, globals);
      return page.body;
    },
  };
}

function unfinished(run: string, globals: Globals): InvalidInput {
  return new InvalidInput(`The run ${run}`, [`it has no report yet; go on with it: ${hint(`resume ${run}`, globals)}`]);
}
