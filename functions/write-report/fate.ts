import type { RoundReport } from '../../core/report.ts';
import { type Html, html } from './html.ts';

export type Tone = 'good' | 'bad' | 'plain';

/** What became of a round's candidate, in one word. */
export function fate({ decision, promoted, candidate }: RoundReport): { readonly says: string; readonly tone: Tone } {
  if (promoted) return { says: 'promoted', tone: 'good' };
  if (decision) return decision.promote ? { says: 'not moved', tone: 'bad' } : { says: 'kept', tone: 'bad' };
  return { says: candidate === null ? 'no candidate' : 'undecided', tone: 'plain' };
}

const signs: Readonly<Record<Tone, string>> = { good: '✓', bad: '✕', plain: '–' };

/** A word with its color and its sign: nothing is said by color alone. */
export function chip(says: string, tone: Tone): Html {
  return html`<span class="chip ${tone}"><span aria-hidden="true">${signs[tone]}</span> ${says}</span>`;
}

const words: Readonly<Record<string, string>> = {
  kept: 'incumbent kept',
  'not moved': 'won, but the incumbent had moved',
};

export function fateChip(round: RoundReport): Html {
  const { says, tone } = fate(round);
  return chip(words[says] ?? says, tone);
}
