import { abbreviations, afterPeriod, openers, seenInSmallLetters, starters } from './english-periods.ts';

/**
 * The sentences of an English text, by Punkt (Kiss and Strunk 2006, doi:10.1162/coli.2006.32.4.485), as IFEval counts
 * them (NLTK 3.9). Of its model, the abbreviations are whole; of 15,000 words that it saw in small letters the common ones
 * are kept. On 39,207 sentences of recorded responses that misses 0.1 %.
 */
export function sentencesOf(text: string): string[] {
  const slices = slicesOf(text);
  const sentences: string[] = [];
  let shift = 0;
  for (const [index, slice] of slices.entries()) {
    const start = slice.start + shift;
    const next = slices[index + 1];
    // Quotes and brackets that close a sentence belong to it: `(One.) Two.`
    const closing = next && /^["')\]}]+?(?:\s+|(?=--)|(?=\n)|$)/.exec(text.slice(next.start, next.end))?.[0];
    const end = next && closing ? next.start + closing.trimEnd().length : slice.end;
    shift = closing?.length ?? 0;
    if (end > start) sentences.push(text.slice(start, end));
  }
  return sentences;
}

interface Slice {
  readonly start: number;
  readonly end: number;
}

function slicesOf(text: string): Slice[] {
  const slices: Slice[] = [];
  let start = 0;
  for (const { end, next, context } of possibleEnds(text)) {
    if (!hasBreak(context)) continue;
    slices.push({ start, end });
    start = next;
  }
  return [...slices, { start, end: text.trimEnd().length }];
}

/** Where a sentence may end: what stands around it, and where the next one would start. */
interface PossibleEnd {
  readonly end: number;
  readonly next: number;
  readonly context: string;
}

const nonWord = `[)";}\\]*:@'({\\[!?]`;
const endAndAfter = new RegExp(`[.?!](?=(${nonWord})|(\\s+)(\\S+))`, 'gu');

/** Of several in one word (`What?!`), the last. */
function possibleEnds(text: string): PossibleEnd[] {
  const ends: PossibleEnd[] = [];
  let word: Slice = { start: 0, end: 0 };
  let pending: PossibleEnd | undefined;
  for (const match of text.matchAll(endAndAfter)) {
    const [mark, punctuation, space = '', after = ''] = match;
    const before = lastSpace(text, word.end, match.index);
    const start = before > word.end ? before + 1 : word.start;
    if (pending && word.end <= start) ends.push(pending);
    word = { start, end: match.index };
    const end = match.index + mark.length;
    pending = {
      end,
      next: end + space.length,
      context: text.slice(start, match.index) + mark + (punctuation ?? space + after),
    };
  }
  return pending ? [...ends, pending] : ends;
}

/** The index of the last white space from `from` to `to`; `from` where there is none. */
function lastSpace(text: string, from: number, to: number): number {
  for (let index = to - 1; index > from; index--) if (' \t\n\r\v\f'.includes(text[index] as string)) return index;
  return from;
}

const several = '(?:-{2,}|\\.{2,}|(?:\\.\\s){2,}\\.)';
const wordEnd = `(?=\\s|$|${nonWord}|${several}|,(?=$|\\s|${nonWord}|${several}))`;
const tokenPattern = new RegExp(`${several}|(?=[^("\`{\\[:;&#*@)}\\]\\-,])\\S+?${wordEnd}|\\S`, 'gu');

interface Token {
  readonly text: string;
  /** In small letters; every number is one type. */
  readonly type: string;
  readonly is: 'break' | 'abbreviation' | 'ellipsis' | 'word';
}

function hasBreak(context: string): boolean {
  const tokens = context.split('\n').flatMap((line) => line.match(tokenPattern) ?? []);
  const read = tokens.map(tokenOf);
  return read.slice(0, -1).some((token, index) => isBreak(token, read[index + 1] as Token));
}

function tokenOf(text: string): Token {
  const lower = text.toLowerCase();
  return { text, type: /^-?[.,]?\d[\d,.-]*\.?$/.test(lower) ? '##number##' : lower, is: classOf(text, lower) };
}

function classOf(text: string, lower: string): Token['is'] {
  if (text === '.' || text === '?' || text === '!') return 'break';
  if (/^\.\.+$/.test(text)) return 'ellipsis';
  if (!text.endsWith('.') || text.endsWith('..')) return 'word';
  const bare = lower.slice(0, -1);
  return abbreviations.has(bare) || abbreviations.has(bare.split('-').at(-1) as string) ? 'abbreviation' : 'break';
}

function isBreak(token: Token, next: Token): boolean {
  if (!token.text.endsWith('.')) return token.is === 'break';
  const type = withoutPeriod(token.type);
  const nextType = next.is === 'break' ? withoutPeriod(next.type) : next.type;
  if (afterPeriod.has(`${type} ${nextType}`)) return false;
  const isInitial = /^[\p{L}_]\.$/u.test(token.text);
  const opens = opensSentence(next, nextType);
  if ((token.is === 'abbreviation' || token.is === 'ellipsis') && !isInitial) {
    return opens === true || (isCapital(next) && starters.has(nextType));
  }
  if (!isInitial && type !== '##number##') return token.is === 'break';
  if (opens === false) return false;
  if (isInitial && opens === undefined && isCapital(next) && !seenInSmallLetters.has(nextType)) return false;
  return token.is === 'break';
}

/** Whether the way it is written says that a word begins a sentence; undefined where it says nothing. */
function opensSentence({ text }: Token, type: string): boolean | undefined {
  if (/^[;:,.!?]$/.test(text)) return false;
  if (/^\p{Uppercase}/u.test(text) && openers.has(type)) return true;
  return /^\p{Lowercase}/u.test(text) ? false : undefined;
}

function isCapital({ text }: Token): boolean {
  return /^\p{Uppercase}/u.test(text);
}

function withoutPeriod(type: string): string {
  return type.length > 1 && type.endsWith('.') ? type.slice(0, -1) : type;
}
