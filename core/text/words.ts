/**
 * Words as white space separates them; lone punctuation is not a word. Scripts that write no spaces between words are
 * cut by the dictionaries of Intl.Segmenter.
 */
export function wordCount(text: string): number {
  const words = text.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word));
  if (!unspaced.test(text)) return words.length;
  return words.reduce((count, word) => count + (unspaced.test(word) ? segments(word) : 1), 0);
}

/** Runs of letters, digits and underscores: `don't` are two. Python's `\w+`, by which IFEval counts words. */
export function pieceCount(text: string): number {
  return text.match(/[\p{L}\p{N}_]+/gu)?.length ?? 0;
}

/** Thai, Lao, Burmese, Khmer, kana and Chinese characters. As ranges: this runs over every text that is counted. */
const unspaced = /[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\ud840-\ud887]/;
const segmenter = new Intl.Segmenter('en', { granularity: 'word' });

function segments(word: string): number {
  return Math.max(1, [...segmenter.segment(word)].filter(({ isWordLike }) => isWordLike).length);
}
