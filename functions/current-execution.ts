import { keys } from '../core/artifact-keys.ts';
import type { ExecutionView } from '../core/ports.ts';
import { type ExecutionRecord, executionSchema, runningSchema } from '../core/run.ts';
import { findArtifact, writeArtifact } from './artifacts.ts';
import type { RunServices } from './hold-loop.ts';

/**
 * The execution that works on a run, or did last; undefined where the run is unknown. Who started one may have died before
 * writing down that it did: then `running.json`, or the run's own name, leads to it, and it is written down now.
 */
export async function currentExecution(services: RunServices, run: string): Promise<ExecutionRecord | undefined> {
  const { store, executions, loop } = services;
  const [record, running] = await Promise.all([
    findArtifact(store, keys.execution(run), executionSchema),
    findArtifact(store, keys.running(loop), runningSchema),
  ]);
  const begun = running?.run === run ? running.execution : run;
  if (record && (running?.run !== run || record.name === begun)) return record;
  const found = await executions.describe(begun);
  if (found === undefined) return record;
  return recordExecution(services, run, found);
}

/** Writes down which execution works on a run now. */
export async function recordExecution(
  { store }: RunServices,
  run: string,
  { arn, name, input }: Pick<ExecutionView, 'arn' | 'name' | 'input'>,
): Promise<ExecutionRecord> {
  const record = { arn, name, input };
  await writeArtifact(store, keys.execution(run), record);
  return record;
}
