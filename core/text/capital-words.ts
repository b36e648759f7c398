import { sentencesOf } from './sentences.ts';

/** How many words of an English text have capitals and no small letter, cut as NLTK 3.9 cuts words: `I'M` are two. */
export function countCapitalWords(text: string): number {
  return sentencesOf(text).flatMap(wordsOf).filter(isUpper).length;
}

function isUpper(word: string): boolean {
  return /\p{Uppercase}/u.test(word) && !/[\p{Lowercase}\p{Lt}]/u.test(word);
}

/** After the tokenizer of the Penn Treebank; each rule sets spaces around what is a word by itself. */
const rules: readonly (readonly [RegExp, string])[] = [
  // Quotes that open.
  [/[«“‘„]|`+/gu, ' $& '],
  [/^"/g, '``'],
  [/``/g, ' $& '],
  [/([ ([{<])("|'{2})/g, '$1 `` '],
  [/(')(?!re|ve|ll|m|t|s|d|n)([\p{L}\p{N}_])(?![\p{L}\p{N}_])/giu, '$1 $2'],
  // Punctuation.
  [/([^.])(\.)([\])}>"' »”’]*)\s*$/gu, '$1 $2 $3 '],
  [/([:,])([^\d])/gu, ' $1 $2'],
  [/([:,])$/g, ' $1 '],
  [/\.{2,}/g, ' $& '],
  [/[;@#$%&]/g, ' $& '],
  [/([^.])(\.)([\])}>"']*)\s*$/gu, '$1 $2$3 '],
  [/[?!]/g, ' $& '],
  [/([^'])' /gu, "$1 ' "],
  [/[*]/g, ' $& '],
  [/[\][(){}<>]/g, ' $& '],
  [/--/g, ' -- '],
  // A space before and after makes what follows simpler.
  [/^.*$/gs, ' $& '],
  // Quotes that close, and contractions.
  [/[»”’]/gu, ' $& '],
  [/''/g, " '' "],
  [/"/g, " '' "],
  [/\s+/g, ' '],
  [/([^' ])('[sS]|'[mM]|'[dD]|') /gu, '$1 $2 '],
  [/([^' ])('ll|'LL|'re|'RE|'ve|'VE|n't|N'T) /gu, '$1 $2 '],
  [/\b(can)(not)\b/gi, ' $1 $2 '],
  [/\b(d)('ye)\b/gi, ' $1 $2 '],
  [/\b(gim|lem)(me)\b/gi, ' $1 $2 '],
  [/\b(gon)(na)\b/gi, ' $1 $2 '],
  [/\b(got)(ta)\b/gi, ' $1 $2 '],
  [/\b(more)('n)\b/gi, ' $1 $2 '],
  [/\b(wan)(na)(?=\s)/gi, ' $1 $2 '],
  [/ ('t)(is|was)\b/gi, ' $1 $2 '],
];

function wordsOf(sentence: string): string[] {
  return rules.reduce((text, [pattern, spaced]) => text.replace(pattern, spaced), sentence).split(/\s+/);
}
