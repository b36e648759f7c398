import * as z from 'zod';
import { amount, defineKind, isWithin, short, withBounds } from './kind.ts';

/*
 * What stands where in a response. Each behaves as the constraint of the same idea in IFEval (arXiv 2311.07911), so that
 * figures compare; where that is lenient (a divider of hyphens is a bullet), so is this.
 */

/** Lines that begin with `*` or `-`. */
export const bullets = defineKind(withBounds({ kind: z.literal('bullets') }), {
  passes: (check, text) => isWithin(count(text, stars) + count(text, hyphens), check),
  nameOf: (check) => `${amount(check)} bullets`,
});
const stars = /(?<![^\n])[^\S\n]*\*[^*][^\n]*/g;
const hyphens = /(?<![^\n])[^\S\n]*-[^\n]*/g;

/** Sections that are titled with a word and a number, such as `Section 1`; the case of the title counts. */
export const sections = defineKind(withBounds({ kind: z.literal('sections'), title: z.string().min(1) }), {
  passes: (check, text) => isWithin(numbersAfter(text, check.title), check),
  nameOf: (check) => `${amount(check)} sections titled ${short(check.title)}`,
});

/** Texts that are highlighted as `*one*` or `**one**`, on one line. */
export const highlights = defineKind(withBounds({ kind: z.literal('highlights') }), {
  passes: (check, text) => {
    const marked = [...(text.match(/\*[^\n*]*\*/g) ?? []), ...(text.match(/\*\*[^\n*]*\*\*/g) ?? [])];
    return isWithin(marked.filter((mark) => mark.replaceAll('*', '').trim() !== '').length, check);
  },
  nameOf: (check) => `${amount(check)} highlights`,
});

/** Gaps to fill in: square brackets, such as `[address]`. */
export const placeholders = defineKind(withBounds({ kind: z.literal('placeholders') }), {
  passes: (check, text) => isWithin(gaps(text), check),
  nameOf: (check) => `${amount(check)} placeholders`,
});

/** Somewhere a title in double angular brackets: `<<title>>`. */
export const title = defineKind(z.strictObject({ kind: z.literal('title') }), {
  passes: (_, text) => text.split('\n').some(hasTitle),
  nameOf: () => 'has a title <<…>>',
});

/** Somewhere a postscript that starts with the marker, such as `P.S.`, in any case. */
export const postscript = defineKind(z.strictObject({ kind: z.literal('postscript'), marker: z.string().min(1) }), {
  passes: ({ marker }, text) => markerPattern(marker).test(text),
  nameOf: ({ marker }) => `has a postscript ${short(marker)}`,
});

/** The whole trimmed response stands in double quotation marks. */
export const quoted = defineKind(z.strictObject({ kind: z.literal('quoted') }), {
  passes: (_, text) => /^\s*".*"\s*$/s.test(text),
  nameOf: () => 'is in double quotes',
});

function count(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0;
}

/** Line by line and up to its last `]`: so that a text of nothing but `[` takes no longer than another. */
function gaps(text: string): number {
  const closed = text.split('\n').map((line) => line.slice(0, line.lastIndexOf(']') + 1));
  return closed.reduce((sum, line) => sum + count(line, /\[[^\]]*\]/g), 0);
}

function hasTitle(line: string): boolean {
  const start = line.indexOf('<<');
  const inside = start === -1 ? '' : line.slice(start + 2, Math.max(start + 2, line.lastIndexOf('>>')));
  return inside.replace(/^<+/, '').replace(/>+$/, '').trim() !== '';
}

function numbersAfter(text: string, word: string): number {
  return text.split(word).filter((after, index) => index > 0 && /^\s?\p{Nd}/u.test(after)).length;
}

/** A space may stand after each full stop within: `P. S.` is `P.S.` */
function markerPattern(marker: string): RegExp {
  const parts = marker.trim().split(/(?<=\.)(?=.)/s);
  return new RegExp(parts.map((part) => part.replaceAll(/[.*+?^${}()|[\]\\/]/g, '\\$&')).join('\\s?'), 'iu');
}
