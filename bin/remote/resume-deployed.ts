import type { RunView } from '../../core/api.ts';
import type { Globals } from '../globals.ts';
import { followView, tellDeployedEnd } from './follow-deployed.ts';
import { type Deployed, openStack, runNamed } from './open-stack.ts';
import { unlessBusy } from './unless-busy.ts';

/** What a person says to the question that the run has asked. */
export interface Answer {
  readonly approved: boolean;
  readonly note: string;
}

export interface ResumeOptions {
  readonly answer: Answer | undefined;
  /** Raises the limits in the run's plan. */
  readonly raise: (globals: Globals, run: string) => Promise<void>;
}

/** Answers the question of a deployed run, or goes on with it where it stopped, and follows it to its end. */
export async function resumeDeployed(
  name: string | undefined,
  { answer, raise }: ResumeOptions,
  globals: Globals,
  stack: string,
): Promise<void> {
  const deployed = await openStack(globals, stack);
  const run = await runNamed(deployed, name);
  await raise(deployed.globals, run);
  await unlessBusy(deployed.globals, async () => {
    const view = answer ? await deployed.api.answerApproval(run, answer) : await goOn(deployed, run);
    if (isDone(view)) await tellDeployedEnd(view, deployed.globals);
    else await followView(deployed, view);
  });
}

/** A run that is under way, or has nothing left to do, stays as it is. */
async function goOn({ api }: Deployed, run: string): Promise<RunView> {
  const view = await api.getRun(run);
  return view.status === 'running' || isDone(view) ? view : api.resumeRun(run);
}

function isDone({ status, ending }: RunView): boolean {
  return status === 'ended' && (ending === 'finished' || ending === 'dataset-ready');
}
