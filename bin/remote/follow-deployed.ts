import { setTimeout as pause } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { RunView } from '../../core/api.ts';
import { keys } from '../../core/artifact-keys.ts';
import { ArtifactMissing, ProviderOverloaded, StoreUnavailable } from '../../core/errors.ts';
import { type Loop, loopDocumentSchema } from '../../core/loop.ts';
import { runSchema } from '../../core/run.ts';
import { findArtifact, readArtifact } from '../../functions/artifacts.ts';
import { exitCodes } from '../exit-codes.ts';
import type { Globals } from '../globals.ts';
import type { ProgressDisplay } from '../progress/display.ts';
import { displayFor } from '../progress/display-for.ts';
import { tellEnd } from '../tell-end.ts';
import { tellStart } from '../tell-run.ts';
import { followLines, placeOfFailure } from '../tell-view.ts';
import { type Deployed, openStack, runNamed } from './open-stack.ts';
import { lookClock, showRun } from './show-run.ts';

const SOON_MS = 2_000;
/** Where nothing changes, each look comes half as much later again. */
const LATEST_MS = 10_000;
/** In a row: some 4 minutes, with the waits of each. */
const MOST_LOOKS_IN_VAIN = 20;

/** Follows a run by its name, or the latest. */
export async function followDeployed(globals: Globals, stack: string, name: string | undefined): Promise<void> {
  const deployed = await openStack(globals, stack);
  const view = await deployed.api.getRun(await runNamed(deployed, name));
  await followView(deployed, view);
}

/** Shows how a deployed run goes from here to its end, and sets the exit code. Ctrl-C leaves the run alone. */
export async function followView(deployed: Deployed, begun: RunView, notices: readonly string[] = []): Promise<void> {
  const { globals } = deployed;
  const { run } = begun;
  const loop = await loopOf(deployed, begun);
  const clock = lookClock();
  const display = displayFor(globals, () => clock.now());
  leaveOnSignal(() => {
    display.close();
    tellLeft(run, globals);
  });
  tellStart(begun, loop, globals);
  for (const notice of notices) display.say(`  ${notice}`);
  display.say(`Console    ${begun.console}`);
  try {
    const show = showRun(run, display, globals, clock);
    await show.take(begun);
    const end =
      begun.status === 'running' ? await looksUntilEnd(deployed, run, display, (view) => show.take(view)) : begun;
    display.close();
    await tellDeployedEnd(end, globals);
  } finally {
    display.close();
  }
}

/** From the plan, where there is one; else from what was staged for it. */
async function loopOf({ globals: { store } }: Deployed, { run, loop, version }: RunView): Promise<Loop> {
  const plan = await findArtifact(store, keys.run(run), runSchema);
  return plan?.loop ?? readArtifact(store, keys.stagedLoop(loop, version), loopDocumentSchema);
}

async function looksUntilEnd(
  { api }: Deployed,
  run: string,
  display: ProgressDisplay,
  take: (view: RunView) => Promise<void>,
): Promise<RunView> {
  let last: Partial<RunView> = {};
  let wait = SOON_MS;
  let inVain = 0;
  for (;;) {
    await pause(wait);
    try {
      const view = await api.getRun(run);
      inVain = 0;
      await take(view);
      if (view.status !== 'running') return view;
      // The estimate moves with the time.
      const now = { ...view, estimatedEnd: null };
      wait = isDeepStrictEqual(now, last) ? Math.min(1.5 * wait, LATEST_MS) : SOON_MS;
      last = now;
    } catch (error) {
      // The run goes on without us. A laptop may have slept, or be on a train.
      const mayPass = error instanceof ProviderOverloaded || error instanceof StoreUnavailable;
      if (!mayPass || ++inVain === MOST_LOOKS_IN_VAIN) throw error;
      if (inVain === 1) display.say(`  ${error.message} The run goes on meanwhile.`);
      wait = Math.min(1.5 * wait, LATEST_MS);
    }
  }
}

/** Says how a deployed run has ended, as if it had ended here. */
export async function tellDeployedEnd(view: RunView, globals: Globals): Promise<void> {
  const { run, status, failure, ending } = view;
  if (failure) {
    const { Error: error, Cause: cause } = failure;
    return tellEnd({ kind: 'failed', error, cause }, run, globals, placeOfFailure(view));
  }
  if (status === 'stopped') return tellEnd({ kind: 'stopped' }, run, globals);
  if (ending === null)
    throw new ArtifactMissing(`The run ${run} has come to its end without a report; see ${view.console}`);
  return tellEnd({ kind: 'ended', ending }, run, globals);
}

function leaveOnSignal(leave: () => void): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      leave();
      process.exit(exitCodes.interrupted);
    });
  }
}

function tellLeft(run: string, globals: Globals): void {
  if (globals.json) console.log(JSON.stringify({ event: 'left', run }));
  else console.log(`\nThe run goes on; nobody follows it any more.\n${followLines(run, globals)}`);
}
