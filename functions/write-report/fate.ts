import type { RoundReport } from '../../core/report.ts';
import { type Html, html } from './html.ts';

export type Tone = 'good' | 'bad' | 'plain';

/** What became of a round's candidate, in one word. */
export function fate({ decision, candidate }: RoundReport): { readonly says: string; readonly tone: Tone } {
  if (decision) return decision.promote ? { says: 'promoted', tone: 'good' } : { says: 'kept', tone: 'bad' };
  return { says: candidate === null ? 'no candidate' : 'undecided', tone: 'plain' };
}

const signs: Readonly<Record<Tone, string>> = { good: '✓', bad: '✕', plain: '–' };

/** A word with its color and its sign: nothing is said by color alone. */
export function chip(says: string, tone: Tone): Html {
  return html`<span class="chip ${tone}"><span aria-hidden="true">${signs[tone]}</span> ${says}</span>`;
}

export function fateChip(round: RoundReport): Html {
  const { says, tone } = fate(round);
  return chip(says === 'kept' ? 'incumbent kept' : says, tone);
}
