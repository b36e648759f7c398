import { type Html, html } from '../html.ts';
import type { Size } from './axes.ts';

/** Twice the same chart, for a wide and a narrow page: scaling one drawing would make its text too small to read. */
export function chartForEveryWidth(says: string, draw: (size: Size) => Html): Html {
  const wide = { width: 520, height: 300 };
  const narrow = { width: 330, height: 250 };
  return html`<div class="wide-only">${chart(says, wide, draw(wide))}</div>
<div class="narrow-only">${chart(says, narrow, draw(narrow))}</div>`;
}

/** A chart as an SVG without script, style or ids, whose colors are the page's variables; `says` is its text alternative. */
export function chart(says: string, { width, height }: Size, drawing: Html): Html {
  return html`<svg role="img" aria-label="${says}" viewBox="0 0 ${width} ${height}">${drawing}</svg>`;
}
