import { styleText } from 'node:util';
import type { RunView } from '../core/api.ts';
import { minute } from './figures.ts';
import type { Globals } from './globals.ts';
import { hint } from './hint.ts';
import { stepsByKey } from './progress/step-progress.ts';
import { type FailurePlace, placeLines } from './tell-end.ts';
import { wrap } from './wrap.ts';

/** What there is to say of a deployed run besides its line in the table. */
export function viewLines(view: RunView, globals: Globals): string {
  if (view.failure) {
    const { Error: error, Cause: cause } = view.failure;
    return `${styleText('red', error)}: ${cause}\n${placeLines(placeOfFailure(view))}`;
  }
  if (view.status !== 'running') return `Console    ${view.console}`;
  return [
    `Stage      ${view.stage ?? 'about to start'}`,
    ...progressLines(view),
    ...(view.estimatedEnd === null ? [] : [`Done by    ${minute(view.estimatedEnd)} UTC, at the pace so far`]),
    ...approvalLines(view, globals),
    `Console    ${view.console}`,
  ].join('\n');
}

export function placeOfFailure({ failure, console }: RunView): FailurePlace {
  return { state: failure?.state ?? null, log: failure?.log ?? null, console };
}

/** The question that a person has to answer, and the two answers; nothing where none is asked. */
export function approvalLines({ run, approval }: RunView, globals: Pick<Globals, 'directory' | 'stack'>): string[] {
  if (approval === null) return [];
  const { before, round, until, summary } = approval;
  const time = until === null ? '' : `, until ${minute(until)} UTC`;
  return [
    `Waits      for somebody to agree to the ${before} of round ${round}${time}`,
    styleText('dim', wrap(summary, 11)),
    `Agree      ${hint(`resume ${run} --approve`, globals)}`,
    `Refuse     ${hint(`resume ${run} --reject`, globals)}`,
  ];
}

/** What can be done about a run that is under way in the cloud. */
export function followLines(run: string, globals: Pick<Globals, 'directory' | 'stack'>): string {
  return [`Follow     ${hint(`status ${run} --follow`, globals)}`, `Stop it    ${hint(`stop ${run}`, globals)}`].join(
    '\n',
  );
}

/** Counts and spend, without a rate: one look has none. */
function progressLines({ progress }: RunView): string[] {
  return progress.map((entry) => {
    const event = { ...entry, shard: 0 };
    const step = stepsByKey(() => 0)(event);
    step.take(event);
    // A training that tells no steps.
    const word = step.share === undefined ? (step.isComplete ? 'done' : 'under way') : '';
    return `           ${step.title}${step.figures(0, word)}`.trimEnd();
  });
}
