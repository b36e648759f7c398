import { randomUUID } from 'node:crypto';
import type { RunView } from '../../core/api.ts';
import { InvalidInput, LoopBusy } from '../../core/errors.ts';
import type { LoopSource } from '../../lib/loop-file/read-loop-file.ts';
import { stageLoop } from '../../lib/loop-file/stage-loop.ts';
import type { Globals } from '../globals.ts';
import { noticesOf } from '../notices.ts';
import { objectsAt } from '../objects-at.ts';
import { startFresh, startFromIncumbent } from '../start-from.ts';
import { followView } from './follow-deployed.ts';
import { type Deployed, openStack } from './open-stack.ts';
import { unlessBusy } from './unless-busy.ts';

export interface StartOptions {
  readonly run?: string | undefined;
  readonly seed?: number | undefined;
  readonly fresh: boolean;
}

/** Stages a loop in the store of its stack, starts a run of it there, and follows it to its end. */
export async function startDeployed(
  { file, ...source }: LoopSource,
  options: StartOptions,
  globals: Globals,
  stack: string,
): Promise<void> {
  const deployed = await openStack(globals, stack);
  const { loop, globals: there } = deployed;
  if (file.name !== loop) {
    throw new InvalidInput(`The loop ${file.name}`, [
      `the stack ${stack} has the loop ${loop}; give the file of ${loop}, or the stack of ${file.name}`,
    ]);
  }
  const { version, counts } = await stageLoop(there.store, { file, ...source }, objectsAt);
  await unlessBusy(there, async () => {
    await prepareStart(deployed, file.student.model, options.fresh);
    const begun = await start(deployed, version, options);
    await followView(deployed, begun, noticesOf(counts, file.trainer ? file.evaluation.minimumPrompts : 0));
  });
}

/** The pointer is not moved while a run is under way that would be in vain then. */
async function prepareStart({ api, loop, globals }: Deployed, base: string, fresh: boolean): Promise<void> {
  if (!fresh) return startFromIncumbent(globals.store, loop, base);
  const { runs } = await api.listRuns({});
  const busyWith = runs.find(({ status }) => status === 'running');
  if (busyWith) throw new LoopBusy(loop, busyWith.run);
  await startFresh(globals.store, loop, base);
}

/** Without a seed the run has one of its own, made from the loop's. */
function start({ api, loop }: Deployed, version: string, { run, seed }: StartOptions): Promise<RunView> {
  const runId = run ?? `${loop}-${new Date().toISOString().replaceAll(/\D/g, '').slice(0, 14)}`;
  return api.startRun({ runId, version, ...(seed === undefined ? {} : { seed }) }, randomUUID());
}
