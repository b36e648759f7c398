import type { Report } from '../../../core/report.ts';
import { answerOf, endingWords, promotedRounds } from '../answer.ts';
import { type Html, html } from '../html.ts';
import { longText } from '../long-text.ts';
import { count, counted, duration, moment, percent, pointsBetween, usd } from '../numbers.ts';
import { facts } from '../section.ts';

export function headline(report: Report): Html {
  const answer = answerOf(report);
  return html`<header class="headline">
<p class="eyebrow">Ratchet <span>${report.loop}</span> <span>${report.run}</span></p>
<h1 class="${answer.tone}">${answer.says}</h1>
${report.description && html`<p class="lead" dir="auto">${report.description}</p>`}
<div class="ending ${report.ending.name}"><b>${endingWords[report.ending.name]}.</b> ${longText(report.ending.says)}</div>
${report.method !== null && beforeAndAfter(report)}
${keyFigures(report)}
</header>`;
}

function beforeAndAfter({ incumbent: { before, after } }: Report): Html {
  const change = before.checkRate !== null && after.checkRate !== null && before.model !== after.model;
  return html`<div class="card before-after">
${incumbentRow('Before', before, 'was')}
${incumbentRow('After', after, before.model === after.model ? 'was' : 'is', change && pointsBetween(before.checkRate ?? 0, after.checkRate ?? 0))}
</div>`;
}

function incumbentRow(
  when: string,
  { model, checkRate }: Report['incumbent']['before'],
  kind: 'was' | 'is',
  change: string | false = false,
): Html {
  const rate =
    checkRate === null
      ? html`<p class="muted">Not measured.</p>`
      : html`<div class="track ${kind}" aria-hidden="true"><i style="width:${(checkRate * 100).toFixed(2)}%"></i></div>`;
  return html`<div class="incumbent"><h2>${when}</h2><p class="big">${checkRate === null ? '–' : percent(checkRate)}</p>
<div>${rate}<p class="below"><span class="mono muted">${model}</span>${change && html`<b class="change">${change}</b>`}</p></div></div>`;
}

function keyFigures(report: Report): Html {
  const pairs = report.rounds.reduce((sum, round) => sum + round.labels.pairs, 0);
  const ofTraining = [
    { term: 'Rounds', value: count(report.rounds.length) },
    { term: 'Promotions', value: count(promotedRounds(report).length) },
  ];
  return facts([
    ...(report.method === null ? [] : ofTraining),
    { term: 'Preference pairs', value: count(pairs) },
    {
      term: 'Teacher calls',
      value: count(report.usageByStage['judge-responses']?.calls ?? 0),
      note: 'to judge responses',
    },
    { term: 'Spend', value: usd(report.usage.usd), note: counted(report.usage.calls, 'call') },
    {
      term: 'Duration',
      value: duration(report.startedAt, report.finishedAt),
      note: `from ${moment(report.startedAt)}`,
    },
  ]);
}
