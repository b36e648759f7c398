import * as z from 'zod';
import { countCapitalWords } from '../text/capital-words.ts';
import { isWrittenIn, knownLanguages } from '../text/language.ts';
import { amount, defineKind, isWithin, withBounds } from './kind.ts';

const languageCode = z.enum(knownLanguages);

/** The response is in this language (ISO 639-1). Where a text is too short to tell, it passes if the script fits. */
export const language = defineKind(z.strictObject({ kind: z.literal('language'), is: languageCode }), {
  passes: ({ is }, text) => isWrittenIn(text, is),
  nameOf: ({ is }) => `is in ${is}`,
});

/** All letters that have a case are capitals, or none is; in this language, where one is given. */
export const letterCase = defineKind(
  z.strictObject({
    kind: z.literal('letter-case'),
    is: z.enum(['upper', 'lower']),
    language: languageCode.optional(),
  }),
  {
    passes: ({ is, language: code }, text) =>
      (is === 'upper' ? isUpper(text) : isLower(text)) && (code === undefined || isWrittenIn(text, code)),
    nameOf: ({ is, language: code }) =>
      `is in ${is === 'upper' ? 'capital' : 'small'} letters${code === undefined ? '' : ` in ${code}`}`,
  },
);

/** How many words are all in capitals, inclusive; "I" and "U.S." are. */
export const capitalWords = defineKind(withBounds({ kind: z.literal('capital-words') }), {
  passes: (check, text) => isWithin(countCapitalWords(text), check),
  nameOf: (check) => `${amount(check)} words in capitals`,
});

function isUpper(text: string): boolean {
  return /\p{Uppercase}/u.test(text) && !/[\p{Lowercase}\p{Lt}]/u.test(text);
}

function isLower(text: string): boolean {
  return /\p{Lowercase}/u.test(text) && !/[\p{Uppercase}\p{Lt}]/u.test(text);
}
