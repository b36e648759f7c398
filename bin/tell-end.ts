import { join } from 'node:path';
import { styleText } from 'node:util';
import { keys } from '../core/artifact-keys.ts';
import { type Report, reportSchema } from '../core/report.ts';
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
  const next = nextStep(word, run, globals, report);
  if (next !== undefined) console.log(next);
}

/** Needs nothing of the store, so that it can be said while the process ends. */
export function tellInterrupted(run: string, globals: Globals): void {
  process.exitCode = exitCodes.interrupted;
  if (globals.json) console.log(JSON.stringify({ event: 'end', run, ending: 'interrupted', report: null }));
  else {
    console.log('\nStopped. What is paid for is kept.');
    console.log(`Go on      ${hint(`resume ${run}`, globals)}`);
  }
}

export function reportLine(run: string, { directory }: Globals): string {
  return `Report     ${join(directory, keys.reportPage(run))}`;
}

function nextStep(
  word: keyof typeof exitCodes,
  run: string,
  globals: Globals,
  report: Report | undefined,
): string | undefined {
  switch (word) {
    case 'failed':
      return `Go on      ${hint(`resume ${run}`, globals)}\n           once the cause is removed`;
    case 'budget-reached':
      return `Go on      ${hint(`resume ${run} --usd ${((report?.usage.usd ?? 0) * 2 + 1).toFixed(0)}`, globals)}\n           or --calls, --tokens: the new limit in all`;
    case 'approval-pending':
      return `Agree      ${hint(`resume ${run} --approve`, globals)}\nRefuse     ${hint(`resume ${run} --reject`, globals)}`;
    default:
      return undefined;
  }
}
