import type { Ending, Report, RoundReport } from '../../core/report.ts';
import type { Tone } from './fate.ts';
import { counted, percent, percentPair } from './numbers.ts';

export const endingWords: Readonly<Record<Ending, string>> = {
  finished: 'Finished',
  'dataset-ready': 'Dataset ready',
  'nothing-to-learn': 'Nothing to learn',
  'budget-reached': 'Budget reached',
  'approval-pending': 'Waiting for approval',
  'approval-refused': 'Approval refused',
  'approval-expired': 'Nobody answered',
  failed: 'Failed',
};

/** What a reader wants to know first: is the student better now, and by how much; or what there is to train on. */
export function answerOf(report: Report): { readonly says: string; readonly tone: Tone } {
  if (report.method === null) return datasetAnswer(report);
  const { before, after } = report.incumbent;
  if (before.model === after.model)
    return { says: unchanged(report), tone: report.ending.name === 'failed' ? 'bad' : 'plain' };
  const last = promotedRounds(report).at(-1);
  if (!last) return { says: 'Another student is in place now', tone: 'plain' };
  if (before.checkRate === null || after.checkRate === null) return { says: wonBy(report, last), tone: 'good' };
  const [from, to] = percentPair(before.checkRate, after.checkRate);
  const how = after.checkRate > before.checkRate ? 'Better' : 'Promoted by the teacher’s verdicts';
  return { says: `${how}: ${from}\u00a0→\u00a0${to} fully\u00a0right${onPrompts(last)}`, tone: 'good' };
}

function datasetAnswer({ ending, rounds }: Report): { readonly says: string; readonly tone: Tone } {
  if (ending.name === 'failed') return { says: `${endingWords.failed}: no dataset`, tone: 'bad' };
  const dataset = rounds.at(-1)?.dataset;
  const pairs = dataset ? `${counted(dataset.train, 'pair')} to train on` : 'no dataset yet';
  return { says: `${endingWords[ending.name]}: ${pairs}`, tone: ending.name === 'dataset-ready' ? 'good' : 'plain' };
}

export function promotedRounds(report: Report): RoundReport[] {
  return report.rounds.filter((round) => round.promoted);
}

function unchanged({ ending, incumbent }: Report): string {
  const rate = incumbent.after.checkRate;
  const stays = `the incumbent stays${rate === null ? '' : `, ${percent(rate)} fully right`}`;
  return ending.name === 'finished' ? `No better student: ${stays}` : `${endingWords[ending.name]}: ${stays}`;
}

function wonBy(report: Report, last: RoundReport): string {
  const promotions = promotedRounds(report).length;
  if (!last.evaluation) return `Better: ${counted(promotions, 'promotion')}`;
  const won = `won ${percent(last.evaluation.winRate)}${onPrompts(last)}`;
  return promotions === 1 ? `Better: the new student ${won}` : `Better: ${promotions} promotions, the last ${won}`;
}

function onPrompts({ evaluation }: RoundReport): string {
  return evaluation ? ` on ${counted(evaluation.prompts, 'held-out prompt')}` : '';
}
