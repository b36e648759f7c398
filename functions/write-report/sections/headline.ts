import type { Report } from '../../../core/report.ts';
import { answerOf, endingWords, promotedRounds } from '../answer.ts';
import { type Html, html } from '../html.ts';
import { count, counted, duration, moment, percent, pointsBetween, usd } from '../numbers.ts';
import { facts } from '../section.ts';

export function headline(report: Report): Html {
  const answer = answerOf(report);
  return html`<header class="headline">
<p class="eyebrow">Ratchet <span>${report.loop}</span> <span>${report.run}</span></p>
<h1 class="${answer.tone}">${answer.says}</h1>
${report.description && html`<p class="lead">${report.description}</p>`}
<p class="ending ${report.ending.name}"><b>${endingWords[report.ending.name]}.</b> ${report.ending.says}</p>
${beforeAndAfter(report)}
${keyFigures(report)}
</header>`;
}

function beforeAndAfter({ incumbent: { before, after } }: Report): Html {
  const change = before.checkRate !== null && after.checkRate !== null && before.model !== after.model;
  return html`<div class="card before-after">
${incumbentRow('Before', before, 'was')}
${incumbentRow('After', after, before.model === after.model ? 'was' : 'is')}
${change && html`<p class="change">${pointsBetween(before.checkRate ?? 0, after.checkRate ?? 0)}</p>`}
</div>`;
}

function incumbentRow(when: string, { model, checkRate }: Report['incumbent']['before'], kind: 'was' | 'is'): Html {
  const rate =
    checkRate === null
      ? html`<p class="muted">No held-out prompt has checks, so there is no check rate.</p>`
      : html`<div class="track ${kind}" aria-hidden="true"><i style="width:${(checkRate * 100).toFixed(2)}%"></i></div>`;
  return html`<div class="incumbent"><h2>${when}</h2><p class="big">${checkRate === null ? '–' : percent(checkRate)}</p>
<div>${rate}<p class="mono muted">${model}</p></div></div>`;
}

function keyFigures(report: Report): Html {
  const pairs = report.rounds.reduce((sum, round) => sum + round.labels.pairs, 0);
  return facts([
    { term: 'Rounds', value: count(report.rounds.length) },
    { term: 'Promotions', value: count(promotedRounds(report).length) },
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
      note: html`from <time datetime="${report.startedAt}">${moment(report.startedAt)}</time>`,
    },
  ]);
}
