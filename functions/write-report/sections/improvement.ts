import type { HeldOut, Report, RoundReport } from '../../../core/report.ts';
import { checkRateChart, winRateChart } from '../charts/round-charts.ts';
import { fateChip } from '../fate.ts';
import { type Html, html, type Part } from '../html.ts';
import { count, percentOrDash } from '../numbers.ts';
import { section } from '../section.ts';
import { table } from '../tables.ts';

export function improvement({ rounds }: Report): Html {
  const evaluated = rounds.filter((round) => round.evaluation ?? round.heldOut);
  const promoted = evaluated.filter((round) => round.promoted).length;
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
  return html`${table({
    caption: 'Candidate against incumbent, by round',
    head: [
      'Round',
      'Decision',
      'Fully right',
      'Win rate',
      '95 % interval',
      'Wins',
      'Ties',
      'Losses',
      'Abstained',
      'By checks',
    ],
    rows: rounds.map((round) => [count(round.round), fateChip(round), ...comparisonCells(round)]),
  })}
${table({
  caption: 'What changed beside, by round',
  head: ['Round', 'Mean words', 'Refused', 'Cut off', 'Repeated word pairs'],
  rows: rounds.map(({ round, heldOut }) => [count(round), ...besideCells(heldOut)]),
})}`;
}

function comparisonCells({ evaluation, heldOut }: RoundReport): Part[] {
  const right = change(heldOut, (student) => percentOrDash(student.checkRate));
  if (!evaluation) return [right, ...Array(7).fill('–')];
  const { winRate, low, high, wins, ties, losses, abstentions, decidedByChecks } = evaluation;
  return [
    right,
    percentOrDash(winRate),
    `${percentOrDash(low)} to ${percentOrDash(high)}`,
    ...[wins, ties, losses, abstentions, decidedByChecks].map(count),
  ];
}

function besideCells(heldOut: RoundReport['heldOut']): Part[] {
  return [
    change(heldOut, (student) => student.meanWords.toFixed(1)),
    change(heldOut, (student) => percentOrDash(student.refusalRate)),
    change(heldOut, (student) => percentOrDash(student.cutOffRate)),
    change(heldOut, (student) => percentOrDash(student.repetition)),
  ];
}

function change(heldOut: RoundReport['heldOut'], of: (student: HeldOut) => string): Part {
  return heldOut ? html`${of(heldOut.incumbent)} <span class="muted">→</span> ${of(heldOut.candidate)}` : '–';
}
