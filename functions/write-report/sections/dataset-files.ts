import type { Dataset } from '../../../core/report.ts';
import { datasetFiles as filesOf } from '../../../core/training/dataset-files.ts';
import { type Html, html } from '../html.ts';
import { count } from '../numbers.ts';
import { table } from '../tables.ts';

/** Where the round's dataset lies, for other trainers. */
export function datasetFiles(run: string, round: number, dataset: Dataset): Html | false {
  const files = filesOf(run, round, dataset).map(({ key, rows }) => ({ ...splitKey(key), rows }));
  const [first] = files;
  if (!first) return false;
  return html`<h4>Files for other trainers</h4>
<p class="small muted">In <span class="mono">${first.folder}</span></p>
${table({
  caption: `Files of round ${round} for other trainers`,
  head: ['File', 'Rows'],
  rows: files.map(({ name, rows }) => [html`<span class="mono">${name}</span>`, count(rows)]),
})}`;
}

/** The names alone fit on a phone. */
function splitKey(key: string): { readonly folder: string; readonly name: string } {
  const end = key.lastIndexOf('/') + 1;
  return { folder: key.slice(0, end), name: key.slice(end) };
}
