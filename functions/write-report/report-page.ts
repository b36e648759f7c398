import type { Report } from '../../core/report.ts';
import { answerOf } from './answer.ts';
import { type Html, html, trusted } from './html.ts';
import { moment } from './numbers.ts';
import { beforeAfter } from './sections/before-after.ts';
import { cost } from './sections/cost.ts';
import { gallery } from './sections/gallery.ts';
import { gate } from './sections/gate.ts';
import { headline } from './sections/headline.ts';
import { improvement } from './sections/improvement.ts';
import { labels } from './sections/labels.ts';
import { lineage } from './sections/lineage.ts';
import { styleSheet } from './style/style-sheet.ts';

/**
 * `report.html`: the report as one page, complete in itself. It loads nothing and has no script, and its policy forbids
 * both, so that no text of a model can do anything in it. Equal reports give equal bytes.
 */
export function reportPage(report: Report): string {
  const page = html`${trusted('<!doctype html>')}
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${report.loop}: ${answerOf(report).says}</title>
<style>${trusted(styleSheet)}</style>
</head>
<body>
${bar(report)}
<main>
${headline(report)}
${sectionsOf(report).map(([, , draw]) => html`${draw(report)}\n`)}</main>
${footer(report)}
</body>
</html>
`;
  return page.markup;
}

type Place = readonly [id: string, says: string, draw: (report: Report) => Html];

/** Each section with its id and its name in the bar. */
const places: readonly Place[] = [
  ['better', 'Better?', improvement],
  ['gate', 'Gate', gate],
  ['labels', 'Labels', labels],
  ['pairs', 'Pairs', gallery],
  ['before-after', 'Before and after', beforeAfter],
  ['cost', 'Cost', cost],
  ['lineage', 'Lineage', lineage],
];
const aboutTraining = ['better', 'gate', 'before-after'];

/** A run without a trainer has nothing to say of candidates. */
function sectionsOf({ method }: Report): readonly Place[] {
  return method === null ? places.filter(([id]) => !aboutTraining.includes(id)) : places;
}

const themes = [
  ['auto', 'Auto'],
  ['light', 'Light'],
  ['dark', 'Dark'],
] as const;

function bar(report: Report): Html {
  return html`<div class="bar">
<nav aria-label="Sections">${sectionsOf(report).map(([id, says]) => html`<a href="#${id}">${says}</a> `)}</nav>
<fieldset class="theme"><legend class="hidden">Theme</legend>${themes.map(
    ([id, says]) =>
      html`<input type="radio" name="theme" id="theme-${id}" autocomplete="off"${id === 'auto' && html` checked`}><label for="theme-${id}">${says}</label>`,
  )}</fieldset>
</div>`;
}

function footer({ run, loop, seed, student, teacher, method, finishedAt }: Report): Html {
  const facts = {
    Loop: loop,
    Run: run,
    Student: student,
    Teacher: teacher,
    Method: method ?? 'none: dataset only',
    Seed: String(seed),
  };
  return html`<footer><dl>${Object.entries(facts).map(([term, value]) => html`<div><dt>${term}</dt><dd class="mono">${value}</dd></div>\n`)}</dl>
<p>Finished ${moment(finishedAt)}. Drawn from report.json, which has everything that is here and more.</p></footer>`;
}
