import { functionWords } from './function-words.ts';

/** Scripts that one language of ours writes; kana and Chinese characters are told apart below. */
const ofOneLanguage = {
  Bengali: 'bn',
  Gurmukhi: 'pa',
  Gujarati: 'gu',
  Tamil: 'ta',
  Telugu: 'te',
  Kannada: 'kn',
  Malayalam: 'ml',
  Sinhala: 'si',
  Thai: 'th',
  Lao: 'lo',
  Myanmar: 'my',
  Khmer: 'km',
  Hangul: 'ko',
  Hebrew: 'he',
  Greek: 'el',
  Georgian: 'ka',
  Armenian: 'hy',
  Ethiopic: 'am',
} as const;

type TellableLanguage = keyof typeof functionWords;
export type Language = TellableLanguage | (typeof ofOneLanguage)[keyof typeof ofOneLanguage] | 'ja' | 'zh';

/** ISO 639-1 codes of the languages that can be told. */
export const knownLanguages: readonly [Language, ...Language[]] = [
  'zh',
  'ja',
  ...Object.values(ofOneLanguage),
  ...(Object.keys(functionWords) as TellableLanguage[]),
];

/**
 * Whether a text is in a language: by the script of most of its letters, and within a script by the commonest short words
 * (Ingle's method). A short text in which
 * nothing tells the languages of its script apart may be in any of them; a long one is in none.
 */
export function isWrittenIn(text: string, language: Language): boolean {
  const sample = text.slice(0, LONGEST_SAMPLE);
  const script = commonestScript(sample);
  if (script === undefined) return true;
  if (script === 'Han' || script === 'Kana') return language === (hasKana(sample) ? 'ja' : 'zh');
  const candidates = languagesOf(script);
  if (!candidates.includes(language)) return false;
  return candidates.length === 1 || likeliest(sample, candidates).includes(language);
}

/** In characters. More of a text tells no more. */
const LONGEST_SAMPLE = 20_000;

const tellable = {
  Cyrillic: ['ru', 'uk', 'bg', 'sr', 'mk'],
  Arabic: ['ar', 'fa', 'ur'],
  Devanagari: ['hi', 'mr', 'ne'],
} as const satisfies Record<string, readonly TellableLanguage[]>;
const elsewhere: readonly string[] = Object.values(tellable).flat();
const latin = Object.keys(functionWords).filter((language) => !elsewhere.includes(language));

const scripts: ReadonlyMap<string, RegExp> = new Map([
  ...['Latin', 'Han', ...Object.keys(tellable), ...Object.keys(ofOneLanguage)].map(
    (script) => [script, new RegExp(`\\p{Script=${script}}`, 'gu')] as const,
  ),
  ['Kana', /[\p{Script=Hiragana}\p{Script=Katakana}]/gu],
]);

function commonestScript(text: string): string | undefined {
  const counts = [...scripts].map(([script, letter]) => ({ script, count: text.match(letter)?.length ?? 0 }));
  const most = counts.reduce((best, other) => (other.count > best.count ? other : best));
  return most.count > 0 ? most.script : undefined;
}

function languagesOf(script: string): readonly string[] {
  if (script === 'Latin') return latin;
  if (script in tellable) return tellable[script as keyof typeof tellable];
  return [ofOneLanguage[script as keyof typeof ofOneLanguage]];
}

/** Of ten characters of a Japanese text, several are kana; a Chinese one may quote some. */
function hasKana(text: string): boolean {
  const count = (letter: RegExp) => text.match(letter)?.length ?? 0;
  return count(/[\p{Script=Hiragana}\p{Script=Katakana}]/gu) * 10 > count(/\p{Script=Han}/gu);
}

/** By word: the languages that use it. */
const usedIn: ReadonlyMap<string, readonly string[]> = (() => {
  const used = new Map<string, string[]>();
  for (const [language, words] of Object.entries(functionWords)) {
    for (const word of new Set(words.split(' '))) {
      used.set(word, [...(used.get(word) ?? []), language]);
    }
  }
  return used;
})();

/** In characters. No language goes on for so long without one of its commonest words; what does is in none. */
const TOO_LONG_TO_TELL_NOTHING = 400;

/** The candidates with the highest score: all of them where a short text has less than one word of a single language. */
function likeliest(text: string, candidates: readonly string[]): readonly string[] {
  const scores = new Map<string, number>(candidates.map((language) => [language, 0]));
  for (const word of text.toLowerCase().match(/[\p{L}\p{M}]+/gu) ?? []) {
    const languages = usedIn.get(word) ?? [];
    for (const language of languages) {
      const score = scores.get(language);
      if (score !== undefined) scores.set(language, score + 1 / languages.length);
    }
  }
  const best = Math.max(...scores.values());
  if (best < 1) return text.length < TOO_LONG_TO_TELL_NOTHING ? candidates : [];
  return candidates.filter((language) => scores.get(language) === best);
}
