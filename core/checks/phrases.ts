import * as z from 'zod';
import { amount, defineKind, isWithin, phrases, short, withBounds } from './kind.ts';

/** `all` of these words or phrases, and at least one of `any`, whole words, in any case. */
export const mentions = defineKind(
  z
    .strictObject({ kind: z.literal('mentions'), all: phrases.optional(), any: phrases.optional() })
    .refine((check) => check.all || check.any, 'give all or any'),
  {
    passes: (check, text) => hasAllAndAny(check, (phrase) => wholeWords(phrase).test(text)),
    nameOf: (check) => `mentions ${allAndAny(check)}`,
  },
);

/** None of these words or phrases, whole words, in any case. */
export const avoids = defineKind(z.strictObject({ kind: z.literal('avoids'), words: phrases }), {
  passes: ({ words }, text) => !words.some((phrase) => wholeWords(phrase).test(text)),
  nameOf: ({ words }) => `avoids ${words.slice(0, 3).join(', ')}${words.length > 3 ? ', …' : ''}`,
});

/** `all` of these texts, and at least one of `any`, inside of words too; in any case where `exactCase` is not given. */
export const includes = defineKind(
  z
    .strictObject({
      kind: z.literal('includes'),
      all: phrases.optional(),
      any: phrases.optional(),
      exactCase: z.boolean().optional(),
    })
    .refine((check) => check.all || check.any, 'give all or any'),
  {
    passes: (check, text) =>
      hasAllAndAny(check, (part) => (check.exactCase ? text.includes(part) : anywhere(part).test(text))),
    nameOf: (check) => `includes ${allAndAny(check)}`,
  },
);

/** How often a text stands in the response, in any case; inside of words too where `wholeWords` is not given. */
export const frequency = defineKind(
  withBounds({
    kind: z.literal('frequency'),
    of: z.string().min(1),
    wholeWords: z.boolean().optional(),
  }),
  {
    passes: (check, text) => {
      const pattern = check.wholeWords ? wholeWords(check.of, 'g') : anywhere(check.of, 'g');
      return isWithin(text.match(pattern)?.length ?? 0, check);
    },
    nameOf: (check) => (check.max === 0 ? `no "${short(check.of)}"` : `"${short(check.of)}" ${amount(check)} times`),
  },
);

/** The trimmed response starts with one of these, in any case. */
export const startsWith = defineKind(z.strictObject({ kind: z.literal('starts-with'), any: phrases }), {
  passes: ({ any }, text) => any.some((start) => plain(text).startsWith(plain(start))),
  nameOf: ({ any }) => `starts with ${any.map(short).join(' or ')}`,
});

/** The trimmed response ends with one of these; `loosely`: in any case, and double quotes around the whole don't count. */
export const endsWith = defineKind(
  z.strictObject({ kind: z.literal('ends-with'), any: phrases, loosely: z.boolean().optional() }),
  {
    passes: ({ any, loosely }, text) => {
      const end = loosely ? withoutQuotesAtEnd(plain(text)) : text.trimEnd();
      return any.some((ending) => end.endsWith(loosely ? plain(ending) : ending));
    },
    nameOf: ({ any }) => `ends with ${any.map(short).join(' or ')}`,
  },
);

/** A regular expression of JavaScript, searched with the `u` flag and `flags`. */
export const matches = defineKind(
  z.strictObject({
    kind: z.literal('matches'),
    pattern: z.string().refine(isPattern, 'not a regular expression'),
    flags: z.enum(['i', 's', 'm', 'is', 'im']).optional(),
  }),
  {
    passes: ({ pattern, flags }, text) => new RegExp(pattern, `u${flags ?? ''}`).test(text),
    nameOf: ({ pattern, flags }) => `matches /${pattern}/${flags ?? ''}`,
  },
);

interface AllAndAny {
  readonly all?: readonly string[] | undefined;
  readonly any?: readonly string[] | undefined;
}

function hasAllAndAny({ all, any }: AllAndAny, has: (phrase: string) => boolean): boolean {
  return (all ?? []).every(has) && (!any || any.some(has));
}

function allAndAny({ all, any }: AllAndAny): string {
  return [...(all ?? []), ...(any ? [any.join(' or ')] : [])].join(' and ');
}

/** Whole words in any case, over any white space; a word is a run of letters, digits and underscores of any script. */
function wholeWords(phrase: string, flags = ''): RegExp {
  const spaced = escaped(phrase.trim()).replaceAll(/\s+/g, '\\s+');
  return new RegExp(`(?<![\\p{L}\\p{N}_])${spaced}(?![\\p{L}\\p{N}_])`, `iu${flags}`);
}

function anywhere(text: string, flags = ''): RegExp {
  return new RegExp(escaped(text), `iu${flags}`);
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}

function plain(text: string): string {
  return text.trim().toLowerCase();
}

/** By hand: `/"+$/` begins again at each quote of a long run of them. */
function withoutQuotesAtEnd(text: string): string {
  let end = text.length;
  while (text[end - 1] === '"') end--;
  return text.slice(0, end);
}

function isPattern(pattern: string): boolean {
  try {
    return new RegExp(pattern, 'u') instanceof RegExp;
  } catch {
    return false;
  }
}
