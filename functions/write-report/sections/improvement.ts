import type { Report, RoundReport } from '../../../core/report.ts';
import { checkRateChart, winRateChart } from '../charts/round-charts.ts';
import { fateChip } from '../fate.ts';
import { type Html, html, type Part } from '../html.ts';
import { count, percentOrDash } from '../numbers.ts';
import { section } from '../section.ts';
import { table } from '../tables.ts';

export function improvement({ rounds }: Report): Html {
  const evaluated = rounds.filter((round) => round.evaluation ?? round.heldOut);
  const promoted = evaluated.filter((round) => round.decision?.promote).length;
  return section({
    id: 'better',
    title: 'Did it get better?',
    lead:
      evaluated.length === 0
        ? 'No candidate was evaluated, so there is nothing to compare.'
        : `${promoted} of ${evaluated.length} evaluated ${evaluated.length === 1 ? 'candidate' : 'candidates'} replaced the incumbent. Every number here is of held-out prompts, which are never trained on.`,
    body: evaluated.length > 0 && html`${charts(rounds)}${legend}${details(rounds)}`,
  });
}

function charts(rounds: readonly RoundReport[]): Html {
  const hasRates = rounds.some((round) => typeof round.heldOut?.incumbent.checkRate === 'number');
  const hasEvaluation = rounds.some((round) => round.evaluation);
  return html`<div class="columns">
${figure(
  'Fully right responses',
  'Share that passes every check, by code alone.',
  hasRates ? checkRateChart(rounds) : 'No held-out prompt has checks: the win rate is the evidence.',
)}
${figure(
  'Win rate against the incumbent',
  'With its 95 % interval; at 50 % the two are equal.',
  hasEvaluation ? winRateChart(rounds) : 'No candidate was compared with the incumbent.',
)}
</div>`;
}

function figure(title: string, says: string, drawing: Html | string): Html {
  const body: Part = typeof drawing === 'string' ? html`<p class="empty">${drawing}</p>` : drawing;
  return html`<figure class="card"><figcaption><h3>${title}</h3><p class="muted">${says}</p></figcaption>${body}</figure>`;
}

const legend = html`<ul class="legend marks"><li><span class="good" aria-hidden="true">●</span> promoted candidate</li>
<li><span class="bad" aria-hidden="true">◇</span> candidate refused, incumbent kept</li>
<li><span class="muted" aria-hidden="true">○</span> incumbent</li></ul>`;

function details(rounds: readonly RoundReport[]): Html {
  return table({
    caption: 'Candidate against incumbent, by round',
    head: [
      'Round',
      'Fully right',
      'Win rate',
      '95 % interval',
      'Win · tie · loss',
      'Abstained',
      'By checks',
      'Mean words',
      'Refused',
      'Cut off',
      'Repeated',
      'Decision',
    ],
    rows: rounds.map((round) => [count(round.round), ...heldOutCells(round), fateChip(round)]),
  });
}

function heldOutCells({ evaluation, heldOut }: RoundReport): Part[] {
  const change = (of: (student: NonNullable<RoundReport['heldOut']>['incumbent']) => string): Part =>
    heldOut ? html`${of(heldOut.incumbent)} <span class="muted">→</span> ${of(heldOut.candidate)}` : '–';
  return [
    change((student) => percentOrDash(student.checkRate)),
    percentOrDash(evaluation?.winRate),
    evaluation ? `${percentOrDash(evaluation.low)} to ${percentOrDash(evaluation.high)}` : '–',
    evaluation ? `${count(evaluation.wins)} · ${count(evaluation.ties)} · ${count(evaluation.losses)}` : '–',
    evaluation ? count(evaluation.abstentions) : '–',
    evaluation ? count(evaluation.decidedByChecks) : '–',
    change((student) => student.meanWords.toFixed(1)),
    change((student) => percentOrDash(student.refusalRate)),
    change((student) => percentOrDash(student.cutOffRate)),
    change((student) => percentOrDash(student.repetition)),
  ];
}
