import { rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { styleText } from 'node:util';
import { keys } from '../core/artifact-keys.ts';
import { loopDocumentSchema } from '../core/loop.ts';
import { type Report, reportSchema } from '../core/report.ts';
import { findArtifact, readArtifact } from '../functions/artifacts.ts';
import { createServices } from '../functions/services.ts';
import { runWorkflow, type WorkflowEnd, type WorkflowInput } from '../sandbox/run-workflow.ts';
import { openSandboxFor } from '../sandbox/open-sandbox.ts';
import { exitCodes } from './exit-codes.ts';
import type { Globals } from './globals.ts';
import { barDisplay, jsonDisplay, type ProgressDisplay, plainDisplay } from './progress.ts';
import { decisionLine, summaryOf } from './summary.ts';

/** Executes or resumes a run in this process, shows how it goes, and sets the exit code. */
export async function followRun(input: WorkflowInput, globals: Globals, notices: readonly string[]): Promise<void> {
  const { store } = globals;
  const display = displayFor(globals);
  const loop = await readArtifact(store, keys.stagedLoop(input.loop, input.version), loopDocumentSchema);
  if (!globals.json) console.log(headline(input.run, loop));
  for (const notice of notices) display.say(`  ${notice}`);

  const stop = stopOnSignal(display);
  const sandbox = await openSandboxFor(loop, globals.directory);
  try {
    const services = createServices({
      store,
      environment: process.env,
      sandboxUrl: sandbox?.url,
      progress: display,
      stop,
    });
    await pointLatestAt(globals.directory, input.run);
    const end = await runWorkflow(input, { services, onState: stateReporter(input.run, globals, display) });
    display.close();
    await tell(end, input.run, globals);
  } finally {
    display.close();
    await sandbox?.close();
  }
}

function displayFor({ json }: Globals): ProgressDisplay {
  if (json) return jsonDisplay((line) => console.log(line));
  return process.stdout.isTTY ? barDisplay(process.stdout) : plainDisplay((line) => console.log(line));
}

function headline(run: string, loop: { name: string; rounds: number; seed: number; trainer: { method: string } }): string {
  const rounds = `${loop.rounds} ${loop.rounds === 1 ? 'round' : 'rounds'}`;
  return `${styleText('bold', loop.name)}  run ${run}  ${rounds} of ${loop.trainer.method}, seed ${loop.seed}`;
}

/** The first signal stops the run cleanly; a second one ends the process at once: every artifact is whole all the same. */
function stopOnSignal(display: ProgressDisplay): AbortSignal {
  const controller = new AbortController();
  const onSignal = (): void => {
    if (controller.signal.aborted) process.exit(exitCodes.interrupted);
    display.say('Stopping: what is under way is finished and kept. Once more to stop at once.');
    controller.abort(new Error('stopped by a signal'));
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return controller.signal;
}

/** Says where the run is: each round as it begins, each decision as it falls. */
function stateReporter(run: string, { store }: Globals, display: ProgressDisplay): (state: string) => void {
  let round = 0;
  return (state) => {
    display.state(state);
    if (state === 'Collect feedback') display.say(`\nRound ${++round}`);
    if (state !== 'Promote candidate' && state !== 'Keep incumbent') return;
    void decisionLine(store, run, round).then((line) => display.say(line));
  };
}

async function tell(end: WorkflowEnd, run: string, { store, json, directory }: Globals): Promise<void> {
  const report = await findArtifact(store, keys.report(run), reportSchema);
  const code = codeOf(end);
  process.exitCode = exitCodes[code];
  if (json) {
    console.log(JSON.stringify({ event: 'end', run, ending: code, ...(end.kind === 'failed' ? end : {}), report: keys.report(run) }));
    return;
  }
  if (report) console.log(summaryOf(report));
  if (end.kind === 'failed') console.error(`\n${styleText('red', end.error)}: ${end.cause}`);
  if (report) console.log(`Report  ${join(directory, keys.reportPage(run))}`);
  const next = nextStep(code, run, report);
  if (next) console.log(next);
}

function codeOf(end: WorkflowEnd): keyof typeof exitCodes {
  if (end.kind === 'stopped') return 'interrupted';
  return end.kind === 'failed' ? 'failed' : end.ending;
}

function nextStep(code: keyof typeof exitCodes, run: string, report: Report | undefined): string | undefined {
  const resume = `npm run ratchet -- resume ${run}`;
  switch (code) {
    case 'interrupted':
      return `Stopped. Nothing that was paid for is lost; go on with: ${resume}`;
    case 'failed':
      return `When the cause is removed, go on with: ${resume}`;
    case 'budget-reached':
      return `${report?.ending.says ?? ''} Go on with more: ${resume} --usd 10`.trim();
    case 'approval-pending':
      return `Waiting for approval. Answer with: ${resume} --approve (or --reject)`;
    default:
      return undefined;
  }
}

/** `runs/latest` is a link for people; a system without links does without it. */
async function pointLatestAt(directory: string, run: string): Promise<void> {
  const link = join(directory, 'runs', 'latest');
  try {
    await rm(link, { force: true });
    await symlink(run, link, 'dir');
  } catch {
    // A convenience, no artifact.
  }
}
