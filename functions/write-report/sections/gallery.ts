import type { Report, RoundReport } from '../../../core/report.ts';
import { type Html, html } from '../html.ts';
import { longText } from '../long-text.ts';
import { count } from '../numbers.ts';
import { section } from '../section.ts';
import { cards, type FromRound, inTurns, totalOf } from './examples.ts';

type Pair = RoundReport['gallery'][number];

export function gallery(report: Report): Html {
  const pairs = inTurns(report, (round) => round.gallery);
  const total = totalOf(report, (round) => round.gallery);
  return section({
    id: 'pairs',
    title: report.method === null ? 'What there is to learn from' : 'What it learned from',
    lead:
      total === 0
        ? 'There is no preference pair to show.'
        : `${count(pairs.length)} of ${count(total)} sampled preference pairs, with the teacher’s critiques where there are any.`,
    body: cards(pairs.map(pairCard)),
  });
}

function pairCard({ round, item: pair }: FromRound<Pair>): Html {
  return html`<article class="card example">
<header><div><h3>Prompt</h3>${longText(pair.prompt)}</div>
<p class="tags"><span>round ${round}</span> <span>decided by ${pair.decidedBy}</span> <span>margin ${Number(pair.margin.toFixed(2))}</span></p></header>
<div class="versus">
<div class="good"><h4>Chosen</h4>${longText(pair.chosen)}${critique(pair.critiques?.chosen)}</div>
<div class="bad"><h4>Rejected</h4>${longText(pair.rejected)}${critique(pair.critiques?.rejected)}</div>
</div>
</article>`;
}

function critique(text: string | undefined): Html | undefined {
  return text === undefined ? undefined : html`<blockquote><h5>Critique</h5>${longText(text)}</blockquote>`;
}
