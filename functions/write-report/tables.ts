import { type Html, html, type Part } from './html.ts';

export interface Table {
  readonly caption: string;
  readonly head: readonly string[];
  /** The first cell of a row names the row. */
  readonly rows: readonly (readonly Part[])[];
  readonly total?: readonly Part[] | undefined;
}

/** A table that scrolls sideways by itself, by finger and by keyboard, where the page is too narrow for it. */
export function table({ caption, head, rows, total }: Table): Html {
  return html`<div class="scroll" role="region" aria-label="${caption}" tabindex="0"><table>
<caption class="hidden">${caption}</caption>
<thead><tr>${head.map((cell) => html`<th scope="col">${cell}</th>`)}</tr></thead>
<tbody>${rows.map(tableRow)}</tbody>
${total && html`<tfoot>${tableRow(total)}</tfoot>`}
</table></div>`;
}

function tableRow([name, ...cells]: readonly Part[]): Html {
  return html`<tr><th scope="row">${name}</th>${cells.map((cell) => html`<td>${cell}</td>`)}</tr>\n`;
}
