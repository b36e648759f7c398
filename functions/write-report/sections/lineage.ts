import type { LineageEntry, Report } from '../../../core/report.ts';
import { type Html, html } from '../html.ts';
import { count, counted, moment, percent } from '../numbers.ts';
import { section } from '../section.ts';

/** Students before these stand behind a click: a loop that runs for years stays readable. */
const recent = 12;

const howWords: Readonly<Record<LineageEntry['how'], string>> = {
  base: 'Base student',
  promotion: 'Promotion',
  rollback: 'Rollback',
};

export function lineage(report: Report): Html {
  const entries = report.lineage.map((entry, index) =>
    timelineEntry(entry, report, index === report.lineage.length - 1),
  );
  const older = entries.slice(0, -recent);
  return section({
    id: 'lineage',
    title: 'Where the student comes from',
    lead: leadOf(entries.length - 1),
    body: html`${
      older.length > 0 &&
      html`<details class="card panel"><summary><h3>${counted(older.length, 'earlier step')}</h3></summary><ol class="timeline">${older}</ol></details>`
    }<ol class="timeline">${entries.slice(-recent)}</ol>`,
  });
}

function leadOf(steps: number): string {
  if (steps < 0) return 'The student’s registry has no history.';
  if (steps === 0) return 'It is the base: nothing has replaced it yet.';
  return `From the base to the incumbent in ${counted(steps, 'step')}. Each can be undone.`;
}

function timelineEntry(entry: LineageEntry, report: Report, isIncumbent: boolean): Html {
  const { model, how, at, run, round } = entry;
  return html`<li class="${how}">
<h3>${howWords[how]}${isIncumbent && html` <span class="chip good">incumbent</span>`}</h3>
<p class="mono">${model}</p>
${evidence(entry)}
${entry.reason !== null && html`<p dir="auto">${entry.reason}</p>`}
<p class="muted small">${moment(at)}${run !== null && html` · ${run === report.run ? 'this run' : run}`}${round !== null && html`, round ${round}`}</p>
</li>\n`;
}

function evidence({ evidence: seen }: LineageEntry): Html | null {
  if (!seen) return null;
  const { winRate, low, high, prompts, checkRate } = seen;
  return html`<p>Won <b>${percent(winRate)}</b> (95 % interval ${percent(low)} to ${percent(high)}) on ${count(prompts)} held-out prompts${
    checkRate !== null && html`; <b>${percent(checkRate)}</b> fully right`
  }.</p>`;
}
