import { basename, dirname } from 'node:path';
import { styleText } from 'node:util';
import { keys } from '../core/artifact-keys.ts';
import { type Limits, limitsOf } from '../core/budget.ts';
import { type Report, reportSchema } from '../core/report.ts';
import { runSchema } from '../core/run.ts';
import { type DatasetFile, datasetFiles } from '../core/training/dataset-files.ts';
import { findArtifact } from '../functions/artifacts.ts';
import type { WorkflowEnd } from '../sandbox/run-workflow.ts';
import { exitCodes } from './exit-codes.ts';
import { count } from './figures.ts';
import type { Globals } from './globals.ts';
import { hint } from './hint.ts';
import { placeOf } from './place-of.ts';
import { summaryOf } from './summary.ts';

/** Where a deployed run has failed. */
export interface FailurePlace {
  /** Of the workflow. */
  readonly state: string | null;
  /** The last error that was logged. */
  readonly log: string | null;
  /** The execution in the AWS console. */
  readonly console: string;
}

/** Says how a run ended and what to do now, and sets the exit code. */
export async function tellEnd(end: WorkflowEnd, run: string, globals: Globals, place?: FailurePlace): Promise<void> {
  if (end.kind === 'stopped') return tellInterrupted(run, globals);
  const word = end.kind === 'failed' ? 'failed' : end.ending;
  process.exitCode = exitCodes[word];
  const report = await findArtifact(globals.store, keys.report(run), reportSchema);
  if (globals.json) {
    const failure = end.kind === 'failed' ? { error: end.error, cause: end.cause, ...place } : {};
    const at = report ? keys.report(run) : null;
    console.log(JSON.stringify({ event: 'end', run, ending: word, ...failure, report: at }));
    return;
  }
  if (report) console.log(`\n${summaryOf(report)}\n${whereLines(report, globals)}`);
  if (end.kind === 'failed') {
    console.error(`\n${styleText('red', end.error, { stream: process.stderr })}: ${end.cause}`);
    if (place) console.error(placeLines(place));
  }
  const plan = await findArtifact(globals.store, keys.run(run), runSchema);
  const next = nextStep(word, { run, limits: plan?.loop.budget ?? {} }, globals);
  if (next !== undefined) console.log(next);
}

export function placeLines({ state, log, console }: FailurePlace): string {
  const lines = [
    ...(state === null ? [] : [`State      ${state}`]),
    ...(log === null ? [] : [`Log        ${log}`]),
    `Console    ${console}`,
  ];
  return lines.join('\n');
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

/**
 * Where the last dataset and the report are. A run without a trainer is made for the files, so each of them is named. `page`
 * is where the report's page is, if not in its place in the store.
 */
export function whereLines(
  { run, method, rounds }: Report,
  globals: Pick<Globals, 'directory' | 'stack'>,
  page = globals.stack === undefined ? placeOf(keys.reportPage(run), globals) : hint(`report ${run}`, globals),
): string {
  const last = rounds.findLast(({ dataset }) => dataset !== null);
  const files = last?.dataset ? datasetFiles(run, last.round, last.dataset) : [];
  const folders = new Set(files.map(({ key }) => `${placeOf(dirname(key), globals)}/`));
  const places = [...folders, ...(method === null ? namesOf(files) : [])];
  return [
    ...places.map((place, index) => `${(index === 0 ? 'Dataset' : '').padEnd(11)}${place}`),
    `Report     ${page}`,
  ].join('\n');
}

function namesOf(files: readonly DatasetFile[]): string[] {
  const widest = Math.max(...files.map(({ key }) => basename(key).length));
  return files.map(({ key, rows }) => `${basename(key).padEnd(widest)}  ${count(rows, 'row')}`);
}

/** What can be done about a run that has ended so; undefined where nothing is left to do. */
export function nextStep(
  word: keyof typeof exitCodes,
  { run, limits }: { readonly run: string; readonly limits: Limits },
  globals: Pick<Globals, 'directory' | 'stack'>,
): string | undefined {
  const resume = (options = '') => hint(`resume ${run}${options}`, globals);
  switch (word) {
    case 'interrupted':
    case 'approval-expired':
      return `Go on      ${resume()}`;
    case 'failed':
      return `Go on      ${resume()}\n           once the cause is removed`;
    case 'budget-reached':
      return `Go on      ${resume(twiceAsMuch(limits))}\n           or with any other limit, in all`;
    case 'approval-pending':
      return `Agree      ${resume(' --approve')}\nRefuse     ${resume(' --reject')}`;
    case 'finished':
    case 'dataset-ready':
    case 'nothing-to-learn':
    case 'approval-refused':
    case 'invalid-input':
    case 'loop-busy':
      return undefined;
  }
}

/** Each limit at twice what it is: whichever was reached, the run goes on. Of none at all twice is nothing: one dollar, then. */
function twiceAsMuch(limits: Limits): string {
  return limitsOf(limits)
    .map(({ stage, unit, limit }) => {
      const raised = plainly(limit === 0 ? 1 : 2 * limit);
      return stage === undefined ? ` --${unit} ${raised}` : ` --limit ${stage}.${unit}=${raised}`;
    })
    .join('');
}

/** Without exponent, which no option takes, and without the dust of binary fractions. */
function plainly(amount: number): string {
  return amount.toLocaleString('en-US', { useGrouping: false, maximumSignificantDigits: 15 });
}
