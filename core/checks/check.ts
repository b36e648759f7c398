import * as z from 'zod';
import { json, jsonSchema, number } from './answers.ts';
import { cites } from './cites.ts';
import type { Rules } from './kind.ts';
import { capitalWords, language, letterCase } from './languages.ts';
import { bullets, highlights, placeholders, postscript, quoted, sections, title } from './layout.ts';
import { characters, paragraphStart, paragraphs, parts, sentences, words } from './lengths.ts';
import { avoids, endsWith, frequency, includes, matches, mentions, startsWith } from './phrases.ts';

/** A check of the user's own, by its name in the loop file; `options` is handed to it as it is. */
const own = z.strictObject({ kind: z.literal('own'), name: z.string().min(1), options: z.unknown().optional() });
export type OwnCheckUse = z.infer<typeof own>;

/** A code-checkable constraint on a response; it costs no teacher token. docs/checks.md has an example of each kind. */
export const checkSchema = z.discriminatedUnion('kind', [
  mentions.schema,
  avoids.schema,
  includes.schema,
  frequency.schema,
  startsWith.schema,
  endsWith.schema,
  matches.schema,
  words.schema,
  characters.schema,
  sentences.schema,
  paragraphs.schema,
  parts.schema,
  paragraphStart.schema,
  bullets.schema,
  sections.schema,
  highlights.schema,
  placeholders.schema,
  title.schema,
  postscript.schema,
  quoted.schema,
  number.schema,
  json.schema,
  jsonSchema.schema,
  cites.schema,
  language.schema,
  letterCase.schema,
  capitalWords.schema,
  own,
]);
export type Check = z.infer<typeof checkSchema>;
export type BuiltInCheck = Exclude<Check, OwnCheckUse>;

const rules: { readonly [Kind in BuiltInCheck['kind']]: Rules<Extract<BuiltInCheck, { kind: Kind }>> } = {
  mentions,
  avoids,
  includes,
  frequency,
  'starts-with': startsWith,
  'ends-with': endsWith,
  matches,
  words,
  characters,
  sentences,
  paragraphs,
  parts,
  'paragraph-start': paragraphStart,
  bullets,
  sections,
  highlights,
  placeholders,
  title,
  postscript,
  quoted,
  number,
  json,
  'json-schema': jsonSchema,
  cites,
  language,
  'letter-case': letterCase,
  'capital-words': capitalWords,
};

export function rulesOf(check: BuiltInCheck): Rules<BuiltInCheck> {
  return rules[check.kind];
}
