import * as z from 'zod';
import { defineKind, phrases, short } from './kind.ts';

/**
 * Every one of these sources is cited: a URL by standing in the response, any other id in square brackets, such as `[1]`,
 * `[1, 2]`, `[1-3]` or `[doc-7]`. Where `only` is given, nothing else is.
 */
export const cites = defineKind(
  z.strictObject({ kind: z.literal('cites'), sources: phrases, only: z.boolean().optional() }),
  {
    passes: ({ sources, only }, text) => {
      const given = new Set(sources.map(sameUrl));
      const cited = new Set([...urlsOf(text), ...idsOf(text, given)]);
      return given.isSubsetOf(cited) && (!only || cited.isSubsetOf(given));
    },
    nameOf: ({ sources, only }) =>
      `cites ${only ? 'only ' : ''}${sources.slice(0, 3).map(short).join(', ')}${sources.length > 3 ? ', …' : ''}`,
  },
);

/** With the parentheses that belong to it: `(see https://a.org/x_(y))` */
const url = /https?:\/\/(?:\([^\s()]*\)|[^\s<>"'()[\]{}|\\^`*])+/giu;

function urlsOf(text: string): string[] {
  return (text.match(url) ?? []).map(sameUrl);
}

/** A URL without what ends its sentence, and without a last slash; any other id as it is. */
function sameUrl(source: string): string {
  return /^https?:\/\//i.test(source) ? source.replace(/[.,;:!?]+$/, '').replace(/\/$/, '') : source;
}

/** Square brackets all of whose parts can be ids; `[text](link)` and `[address]` cite nothing by themselves. */
function idsOf(text: string, given: ReadonlySet<string>): string[] {
  const brackets = [...text.matchAll(/\[\^?([^[\]\n]{1,200})\](?!\()/g)].map(([, inside]) => inside ?? '');
  return brackets.flatMap((inside) => {
    if (given.has(inside)) return [inside];
    const parts = inside.split(/[,;]/).flatMap((part) => range(part.trim().replace(/^\^/, '')));
    return parts.every((part) => given.has(part) || looksLikeId.test(part)) ? parts : [];
  });
}

/** One word with a digit in it: `1`, `doc-7`, `3.2`. */
const looksLikeId = /^[\p{L}\w.:-]*\d[\w.:-]*$/u;
const LONGEST_RANGE = 50;

function range(part: string): string[] {
  const [, from, to] = /^(\d{1,6})\s?[-–]\s?(\d{1,6})$/.exec(part) ?? [];
  const length = Number(to) - Number(from) + 1;
  if (!(length >= 1 && length <= LONGEST_RANGE)) return [part];
  return Array.from({ length }, (_, index) => String(Number(from) + index));
}
