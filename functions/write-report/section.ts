import { type Html, html, type Part } from './html.ts';

export interface Section {
  readonly id: string;
  readonly title: string;
  /** The section's answer in a sentence or two. */
  readonly lead: Part;
  readonly body: Part;
}

export function section({ id, title, lead, body }: Section): Html {
  return html`<section id="${id}" aria-labelledby="${id}-title">
<h2 id="${id}-title">${title}</h2>
<p class="lead">${lead}</p>
${body}
</section>`;
}

/** One round behind its own heading. */
export function roundPanel(round: number, isOpen: boolean, aside: Part, body: Part): Html {
  return html`<details class="card panel"${isOpen && html` open`}>
<summary><h3>Round ${round}</h3> <span class="aside">${aside}</span></summary>
${body}
</details>`;
}

/** Facts as a list of terms; the value is big, the note small. */
export function facts(items: readonly { readonly term: string; readonly value: Part; readonly note?: Part }[]): Html {
  return html`<dl class="facts">${items.map(
    ({ term, value, note }) =>
      html`<div><dt>${term}</dt><dd>${value}</dd>${note && html`<dd class="muted small">${note}</dd>`}</div>\n`,
  )}</dl>`;
}
