import * as z from 'zod';
import { sentencesOf } from '../text/sentences.ts';
import { pieceCount, wordCount } from '../text/words.ts';
import { amount, defineKind, isWithin, short, withBounds } from './kind.ts';

/**
 * How many words, inclusive, as white space separates them (Chinese, Japanese and Thai as dictionaries do). `split` by
 * punctuation makes two words of "don't" and of "well-known", as IFEval counts (arXiv 2311.07911).
 */
export const words = defineKind(
  withBounds({ kind: z.literal('words'), split: z.enum(['punctuation']).optional() }, 1),
  {
    passes: (check, text) => isWithin(check.split ? pieceCount(text) : wordCount(text), check),
    nameOf: (check) => `${amount(check)} words`,
  },
);

/** How many characters of the trimmed response, inclusive; what a person sees as one may be several (UTF-16 units). */
export const characters = defineKind(withBounds({ kind: z.literal('characters') }, 1), {
  passes: (check, text) => isWithin(text.trim().length, check),
  nameOf: (check) => `${amount(check)} characters`,
});

/** How many sentences of English, inclusive. */
export const sentences = defineKind(withBounds({ kind: z.literal('sentences') }, 1), {
  passes: (check, text) => isWithin(sentencesOf(text).length, check),
  nameOf: (check) => `${amount(check)} sentences`,
});

/** How many paragraphs, inclusive; blank lines separate them. */
export const paragraphs = defineKind(withBounds({ kind: z.literal('paragraphs') }, 1), {
  passes: (check, text) => isWithin(text.split(/\n\s*\n/).filter(hasText).length, check),
  nameOf: (check) => `${amount(check)} paragraphs`,
});

/** How many parts a divider makes, inclusive. None may be empty but before the first and after the last divider. */
export const parts = defineKind(
  withBounds({
    kind: z.literal('parts'),
    divider: z.string().min(1),
    different: z.boolean().optional(),
  }),
  {
    passes: (check, text) => {
      const all = text.split(check.divider).map((part) => part.trim());
      const filled = all.filter(hasText);
      return (
        all.slice(1, -1).every(hasText) &&
        isWithin(filled.length, check) &&
        (!check.different || new Set(filled).size === filled.length)
      );
    },
    nameOf: (check) =>
      `${amount(check)} ${check.different ? 'different ' : ''}parts divided by ${short(check.divider)}`,
  },
);

/** There are exactly `of` paragraphs (an empty line between each), and this one starts with the word, in any case. */
export const paragraphStart = defineKind(
  z
    .strictObject({
      kind: z.literal('paragraph-start'),
      paragraph: z.int().min(1),
      of: z.int().min(1),
      word: z.string().min(1),
    })
    .refine(({ paragraph, of }) => paragraph <= of, 'the paragraph is not one of them'),
  {
    passes: (check, text) => {
      const all = text.split('\n\n');
      const firstWord = all[check.paragraph - 1]?.trim().split(/\s/)[0]?.replace(/^'+/, '').replace(/^"+/, '');
      return (
        all.filter(hasText).length === check.of &&
        firstWord?.split(/[.,?!'"]/)[0]?.toLowerCase() === check.word.toLowerCase()
      );
    },
    nameOf: ({ paragraph, of, word }) => `paragraph ${paragraph} of ${of} starts with ${short(word)}`,
  },
);

function hasText(part: string): boolean {
  return part.trim() !== '';
}
