import { join } from 'node:path';
import { styleText } from 'node:util';
import { keys } from '../core/artifact-keys.ts';
import type { Limits } from '../core/budget.ts';
import { reportSchema } from '../core/report.ts';
import { runSchema } from '../core/run.ts';
import { noUsage, type Usage } from '../core/usage.ts';
import { findArtifact } from '../functions/artifacts.ts';
import type { WorkflowEnd } from '../sandbox/run-workflow.ts';
import { exitCodes } from './exit-codes.ts';
import type { Globals } from './globals.ts';
import { hint } from './hint.ts';
import { summaryOf } from './summary.ts';

/** Says how a run ended and what to do now, and sets the exit code. */
export async function tellEnd(end: WorkflowEnd, run: string, globals: Globals): Promise<void> {
  if (end.kind === 'stopped') return tellInterrupted(run, globals);
  const word = end.kind === 'failed' ? 'failed' : end.ending;
  process.exitCode = exitCodes[word];
  const report = await findArtifact(globals.store, keys.report(run), reportSchema);
  if (globals.json) {
    const failure = end.kind === 'failed' ? { error: end.error, cause: end.cause } : {};
    const at = report ? keys.report(run) : null;
    console.log(JSON.stringify({ event: 'end', run, ending: word, ...failure, report: at }));
    return;
  }
  if (report) console.log(`\n${summaryOf(report)}\n${reportLine(run, globals)}`);
  if (end.kind === 'failed') {
    console.error(`\n${styleText('red', end.error, { stream: process.stderr })}: ${end.cause}`);
  }
  const plan = await findArtifact(globals.store, keys.run(run), runSchema);
  const next = nextStep(word, { run, limits: plan?.loop.budget ?? {}, spent: report?.usage }, globals);
  if (next !== undefined) console.log(next);
}

/** Needs nothing of the store, so that it can be said while the process ends. */
export function tellInterrupted(run: string, globals: Globals): void {
  process.exitCode = exitCodes.interrupted;
  if (globals.json) console.log(JSON.stringify({ event: 'end', run, ending: 'interrupted', report: null }));
  else {
    console.log('\nStopped. What is paid for is kept.');
    console.log(nextStep('interrupted', { run, limits: {} }, globals));
  }
}

export function reportLine(run: string, { directory }: Globals): string {
  return `Report     ${join(directory, keys.reportPage(run))}`;
}

/** What can be done about a run that has ended so; undefined where nothing is left to do. */
export function nextStep(
  word: keyof typeof exitCodes,
  {
    run,
    limits,
    spent = noUsage,
  }: { readonly run: string; readonly limits: Limits; readonly spent?: Usage | undefined },
  globals: Globals,
): string | undefined {
  const resume = (options = '') => hint(`resume ${run}${options}`, globals);
  switch (word) {
    case 'interrupted':
      return `Go on      ${resume()}`;
    case 'failed':
      return `Go on      ${resume()}\n           once the cause is removed`;
    case 'budget-reached':
      return `Go on      ${resume(twiceAsMuch(limits, spent))}\n           or with any other limit, in all`;
    case 'approval-pending':
      return `Agree      ${resume(' --approve')}\nRefuse     ${resume(' --reject')}`;
    case 'finished':
    case 'nothing-to-learn':
    case 'approval-refused':
    case 'invalid-input':
      return undefined;
  }
}

/** Calls under way when a limit is reached are finished, so more may be spent than it was. */
function twiceAsMuch(limits: Limits, { usd, calls, promptTokens, completionTokens }: Usage): string {
  const spent = { usd, calls, tokens: promptTokens + completionTokens };
  return Object.entries(limits)
    .map(([limit, value]) =>
      value === undefined ? '' : ` --${limit} ${2 * Math.max(value, roundedUp(spent[limit as keyof Limits]))}`,
    )
    .join('');
}

function roundedUp(amount: number): number {
  return amount < 1 ? Number(amount.toPrecision(2)) : Math.ceil(amount);
}
