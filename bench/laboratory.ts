import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keys } from '../core/artifact-keys.ts';
import { insistOnTrainer, type LoopFile } from '../core/loop.ts';
import { type Report, reportSchema } from '../core/report.ts';
import { readArtifact } from '../functions/artifacts.ts';
import { createServices } from '../functions/services.ts';
import { readLoopFile } from '../lib/loop-file/read-loop-file.ts';
import { stageLoop } from '../lib/loop-file/stage-loop.ts';
import { directoryStore } from '../providers/directory/store.ts';
import { runWorkflow } from '../sandbox/run-workflow.ts';
import { startSandbox } from '../sandbox/server/start-sandbox.ts';
import { ruleTeacher } from '../sandbox/teacher/rule-teacher.ts';

/** What an experiment changes in loops/support-desk.yaml. */
export interface Change {
  readonly seed?: number;
  readonly rounds?: number;
  readonly trainer?: Partial<NonNullable<LoopFile['trainer']>>;
}

/** Runs the real support desk's loop, changed, in a store of its own; later runs start from what earlier ones promoted. */
export async function openLaboratory() {
  // The steps log for CloudWatch; here a table is wanted.
  process.env['POWERTOOLS_LOG_LEVEL'] = 'SILENT';
  const directory = await mkdtemp(join(tmpdir(), 'ratchet-bench-'));
  const store = directoryStore(directory);
  const sandbox = await startSandbox({ directory: join(directory, 'sandbox'), teacher: ruleTeacher() });
  const services = createServices({ store, environment: {}, sandboxUrl: sandbox.url });
  return {
    async run(run: string, change: Change): Promise<Report> {
      const source = await readLoopFile('loops/support-desk.yaml');
      const trainer = { ...insistOnTrainer(source.file), ...change.trainer };
      const staged = await stageLoop(store, { ...source, file: { ...source.file, ...change, trainer } });
      const end = await runWorkflow(
        { run, loop: staged.loop, version: staged.version, seed: staged.seed },
        { services },
      );
      if (end.kind !== 'ended') throw new Error(`The run ${run} did not end: ${JSON.stringify(end)}`);
      return readArtifact(store, keys.report(run), reportSchema);
    },
    async close(): Promise<void> {
      await sandbox.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
