import { type Html, html } from './html.ts';
import { count, percent } from './numbers.ts';

/** `kept` goes on to the next stage, `also` is a second kind of it, `lost` ends here. */
export interface BarPart {
  readonly says: string;
  readonly amount: number;
  readonly kind: 'kept' | 'also' | 'lost' | 'unsure';
}

/** One stage as a bar of its parts, all of them named and counted below it; parts of zero are left out. */
export function stackedBar(title: string, parts: readonly BarPart[]): Html {
  const present = parts.filter((part) => part.amount > 0);
  const total = present.reduce((sum, part) => sum + part.amount, 0);
  return html`<div class="stage">
<h4>${title} <b>${count(total)}</b></h4>
<div class="stack" aria-hidden="true">${present.map(
    ({ kind, amount }) => html`<i class="${kind}" style="width:${share(amount, total)}%"></i>`,
  )}</div>
<ul class="legend">${present.map(
    ({ says, amount, kind }) =>
      html`<li><i class="${kind}" aria-hidden="true"></i>${says} <b>${count(amount)}</b></li>`,
  )}</ul>
</div>`;
}

/** A share on a track from 0 to 1, with a tick where no preference would be. */
export function shareWithTick(value: number, tick: number): Html {
  return html`<div class="track" aria-hidden="true"><i style="width:${share(value, 1)}%"></i><u style="left:${share(tick, 1)}%"></u></div>
<p class="muted small">${percent(tick)} would be no preference.</p>`;
}

/** Two amounts as bars on one scale. */
export function twoBars(
  items: readonly { readonly says: string; readonly amount: number; readonly text: string }[],
): Html {
  const largest = Math.max(...items.map((item) => item.amount), 1e-9);
  return html`<div class="pair-bars">${items.map(
    ({ says, amount, text }) =>
      html`<span>${says}</span><div class="track" aria-hidden="true"><i style="width:${share(amount, largest)}%"></i></div><b>${text}</b>`,
  )}</div>`;
}

function share(amount: number, total: number): string {
  return total === 0 ? '0' : ((amount / total) * 100).toFixed(2);
}
