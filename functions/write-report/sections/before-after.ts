import type { Report, RoundReport } from '../../../core/report.ts';
import { chip, type Tone } from '../fate.ts';
import { type Html, html } from '../html.ts';
import { longText } from '../long-text.ts';
import { count } from '../numbers.ts';
import { section } from '../section.ts';
import { cards, type FromRound, inTurns, totalOf } from './examples.ts';

type BeforeAfter = RoundReport['beforeAfter'][number];

const outcomes: Readonly<Record<BeforeAfter['outcome'], readonly [string, Tone]>> = {
  win: ['candidate wins', 'good'],
  tie: ['tie', 'plain'],
  loss: ['candidate loses', 'bad'],
  abstention: ['abstention', 'plain'],
};

export function beforeAfter(report: Report): Html {
  const shown = inTurns(report, (round) => round.beforeAfter);
  const total = totalOf(report, (round) => round.beforeAfter);
  return section({
    id: 'before-after',
    title: 'Before and after',
    lead:
      total === 0
        ? 'There are no held-out responses to show.'
        : `The same held-out prompt, put to the incumbent and to the candidate of a round: ${count(shown.length)} of ${count(total)}.`,
    body: cards(shown.map(beforeAfterCard)),
  });
}

function beforeAfterCard({ round, item }: FromRound<BeforeAfter>): Html {
  return html`<article class="card example">
<header><div><h3>Prompt</h3>${longText(item.prompt)}</div>
<p class="tags"><span>round ${round}</span> ${chip(...outcomes[item.outcome])}</p></header>
<div class="versus">
${side('Incumbent', item.incumbent, item.incumbentRight)}
${side('Candidate', item.candidate, item.candidateRight)}
</div>
</article>`;
}

function side(who: string, text: string, isRight: boolean | null): Html {
  const tone = isRight === null ? 'plain' : isRight ? 'good' : 'bad';
  return html`<div class="${tone}"><h4>${who}${isRight !== null && chip(isRight ? 'right' : 'wrong', tone)}</h4>${longText(text)}</div>`;
}
