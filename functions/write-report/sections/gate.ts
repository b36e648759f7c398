import { wealthInWords } from '../../../core/evaluation/wording.ts';
import type { Evaluation, Guard, Report, RoundReport } from '../../../core/report.ts';
import { wealthChart } from '../charts/wealth-chart.ts';
import { chip, fateChip } from '../fate.ts';
import { type Html, html } from '../html.ts';
import { count } from '../numbers.ts';
import { roundPanel, section } from '../section.ts';

export function gate({ rounds }: Report): Html {
  return section({
    id: 'gate',
    title: 'Why the gate decided so',
    lead: 'The gate bets on the candidate, one held-out prompt after the other, and promotes only when its wealth has grown past a line that an equal candidate almost never reaches. Guards can still refuse.',
    body:
      rounds.length === 0
        ? html`<p class="empty">No round was finished.</p>`
        : rounds.map((round) =>
            roundPanel(round.round, rounds.length <= 4 || round === rounds.at(-1), fateChip(round), roundBody(round)),
          ),
  });
}

function roundBody(round: RoundReport): Html {
  return html`<div class="columns"><div>${decision(round)}</div>
<div>${round.evaluation ? wealth(round.evaluation, round.decision?.alpha) : noEvaluation(round)}${training(round)}</div></div>`;
}

function decision({ decision: decided }: RoundReport): Html {
  if (!decided) return html`<p class="empty">The gate was not asked.</p>`;
  return html`<h4>Reasons</h4><ul class="reasons">${decided.reasons.map((reason) => html`<li dir="auto">${reason}</li>\n`)}</ul>
<h4>Guards</h4>${
    decided.guards.length === 0
      ? html`<p class="muted">None.</p>`
      : html`<ul class="guards">${decided.guards.map(guard)}</ul>`
  }`;
}

/** The sentence names the guard and has its numbers. */
function guard({ passed, says }: Guard): Html {
  return html`<li class="${passed ? 'good' : 'bad'}">${chip(passed ? 'passed' : 'failed', passed ? 'good' : 'bad')} <span dir="auto">${says}</span></li>\n`;
}

function wealth({ wealth: curve }: Evaluation, alpha: number | undefined): Html {
  const says = wealthSentence(curve, alpha);
  return html`<h4>Wealth of the bet</h4>
${curve.length > 0 && html`<div class="small-chart">${wealthChart(curve, alpha, `Wealth of the bet. ${says}`)}</div>`}
<p class="muted">${says}</p>`;
}

/** Says of the curve what its drawing shows: whether it got there, when, and where it ended. */
function wealthSentence(curve: Evaluation['wealth'], alpha: number | undefined): string {
  const last = curve.at(-1);
  if (!last) return 'No prompt was compared.';
  const ended = `It ended at ${last[1] < -1 ? 'less than 0.1' : wealthInWords(last[1])} after ${count(last[0])} prompts.`;
  if (!alpha) return ended;
  const line = `1/α = ${Number((1 / alpha).toPrecision(3))}`;
  const reached = curve.find(([, log10]) => log10 >= -Math.log10(alpha));
  if (reached) return `It reached ${line} by prompt ${count(reached[0])}. ${ended}`;
  return `It never reached ${line}. ${ended}`;
}

function noEvaluation({ candidate }: RoundReport): Html {
  return html`<p class="empty">${candidate === null ? 'No candidate was made, so there was nothing to bet on.' : 'The candidate was not compared.'}</p>`;
}

function training({ training: job, incumbent, candidate }: RoundReport): Html {
  if (!job) return html`<h4>Training</h4><p class="muted">Nothing was trained.</p>`;
  const settings = Object.entries(job.hyperparameters).map(([name, value]) => html`<li>${name} <b>${value}</b></li>`);
  return html`<h4>Training</h4>
<p>${job.method}, ${job.status}${job.trainedTokens !== null && html`, ${count(job.trainedTokens)} tokens`} <span class="mono muted">${job.job}</span></p>
<p class="mono muted">${incumbent} → ${candidate ?? 'no candidate'}</p>
${settings.length > 0 && html`<ul class="legend">${settings}</ul>`}`;
}
