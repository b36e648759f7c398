import { mkdir, rm, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { keys } from '../core/artifact-keys.ts';
import { InvalidInput } from '../core/errors.ts';
import { type Loop, loopDocumentSchema } from '../core/loop.ts';
import type { Store } from '../core/ports.ts';
import { outcomeSchema, runSchema } from '../core/run.ts';
import { findArtifact, readArtifact } from '../functions/artifacts.ts';
import { createServices } from '../functions/services.ts';
import { openSandboxFor } from '../sandbox/open-sandbox.ts';
import { runWorkflow, type WorkflowInput } from '../sandbox/run-workflow.ts';
import { checkEndpoints } from './check-endpoints.ts';
import { exitCodes } from './exit-codes.ts';
import type { Globals } from './globals.ts';
import type { ProgressDisplay } from './progress/display.ts';
import { displayFor } from './progress/display-for.ts';
import { doneBefore } from './progress/done-before.ts';
import { stopOnSignal } from './stop-on-signal.ts';
import { tellEnd, tellInterrupted } from './tell-end.ts';
import { tellDecidedBefore, tellDecision, tellStart } from './tell-run.ts';

/** Executes or resumes a run in this process, shows how it goes, and sets the exit code. `lost` is that of the run's lease. */
export async function followRun(
  input: WorkflowInput,
  lost: AbortSignal,
  globals: Globals,
  notices: readonly string[],
): Promise<void> {
  const { store } = globals;
  const loop = await loopOf(input, store);
  await checkEndpoints(loop, process.env);

  const display = displayFor(globals);
  const stop = stopOnSignal({
    stopping: () => display.say('  Stopping: what is under way is finished and kept. Ctrl-C again stops at once.'),
    giveUp: () => {
      display.close();
      tellInterrupted(input.run, globals);
      process.exit(exitCodes.interrupted);
    },
  });
  tellStart({ ...input, seed: loop.seed }, loop, globals);
  for (const notice of notices) display.say(`  ${notice}`);
  const decided = await tellDoneBefore(input.run, globals, display);

  const sandbox = await openSandboxFor(loop, globals.directory);
  try {
    const services = createServices({
      store,
      environment: process.env,
      sandboxUrl: sandbox?.url,
      progress: display,
      stop: AbortSignal.any([stop, lost]),
    });
    lost.addEventListener('abort', () => display.say('  Another process goes on with this run; this one stops.'));
    await pointLatestAt(globals.directory, input.run);
    const states = stateReporter(input.run, globals, display, decided);
    const end = await runWorkflow(input, { services, onState: states.enter });
    await states.told();
    display.close();
    await tellEnd(end, input.run, globals);
  } finally {
    display.close();
    await sandbox?.close();
  }
}

/** A run that has begun has its loop with it, so that its folder can be moved without the loop's. */
async function loopOf({ run, loop, version }: WorkflowInput, store: Store): Promise<Loop> {
  const plan = await findArtifact(store, keys.run(run), runSchema);
  if (!plan) return readArtifact(store, keys.stagedLoop(loop, version), loopDocumentSchema);
  // Better before the training is paid for than after it.
  if (plan.loop.trainer && !(await store.read(keys.registry(loop)))) {
    throw new InvalidInput(`The run ${run}`, [
      `${keys.registry(loop)} is not in the store, and promotions are kept there; copy the folder loops/${loop} from where the run was begun`,
    ]);
  }
  return plan.loop;
}

/** What earlier lives of the run have done: rounds that are decided, and steps of the round after them. Gives the last of the former. */
async function tellDoneBefore(run: string, globals: Globals, display: ProgressDisplay): Promise<number> {
  const { store } = globals;
  const plan = await findArtifact(store, keys.run(run), runSchema);
  if (!plan) return 0;
  let round = 1;
  while (await findArtifact(store, keys.outcome(run, round), outcomeSchema)) {
    await tellDecidedBefore(run, round++, globals, display);
  }
  for await (const event of doneBefore(store, plan, round)) display.progress(event);
  return round - 1;
}

/** Says each decision as it falls. */
function stateReporter(run: string, globals: Globals, display: ProgressDisplay, decidedBefore: number) {
  const told: Promise<void>[] = [];
  return {
    enter(state: string, document: unknown): void {
      display.state(state);
      if (state !== 'Promote candidate' && state !== 'Keep incumbent') return;
      const { round } = placeSchema.parse(document);
      if (round > decidedBefore) told.push(tellDecision(run, round, globals, display));
    },
    told: () => Promise.all(told),
  };
}

const placeSchema = z.looseObject({ round: z.int() });

/** `runs/latest` is a link for people; a system without links does without it. */
async function pointLatestAt(directory: string, run: string): Promise<void> {
  const link = join(directory, 'runs', 'latest');
  try {
    await mkdir(dirname(link), { recursive: true });
    await rm(link, { force: true });
    await symlink(run, link, 'dir');
  } catch {
    // A convenience, no artifact.
  }
}
