import { z } from 'zod';

const words = z.array(z.string().min(1)).min(1);

/** A code-checkable constraint on a response; it costs no teacher token. */
export const checkSchema = z.discriminatedUnion('kind', [
  /** `all` of these words or phrases, and at least one of `any`, whole words, in any case. */
  z
    .strictObject({ kind: z.literal('mentions'), all: words.optional(), any: words.optional() })
    .refine((check) => check.all || check.any, 'give all or any'),
  /** None of these words or phrases, whole words, in any case. */
  z.strictObject({ kind: z.literal('avoids'), words }),
  /** How many words, inclusive. */
  z
    .strictObject({ kind: z.literal('words'), min: z.int().min(0).optional(), max: z.int().min(1).optional() })
    .refine((check) => check.min !== undefined || check.max !== undefined, 'give min or max'),
  /** The trimmed response ends with one of these. */
  z.strictObject({ kind: z.literal('ends-with'), any: words }),
  /** A regular expression of JavaScript, searched with the `u` flag and `flags`. */
  z.strictObject({
    kind: z.literal('matches'),
    pattern: z.string().refine(isPattern, 'not a regular expression'),
    flags: z.enum(['i', 's', 'm', 'is', 'im']).optional(),
  }),
  /** The last number in the response equals this one; `1,000.0` and `1e3` are 1000. */
  z.strictObject({ kind: z.literal('number'), equals: z.number() }),
  /** The whole response is one JSON value. */
  z.strictObject({ kind: z.literal('json') }),
]);
export type Check = z.infer<typeof checkSchema>;

/** Which checks a response failed, as readable names; `total` of them ran. */
export interface CheckResult {
  readonly passed: number;
  readonly total: number;
  readonly failed: readonly string[];
}

export function runChecks(checks: readonly Check[] | undefined, text: string): CheckResult {
  const all = checks ?? [];
  const names = distinctNames(all);
  const failed = all.flatMap((check, index) => (passes(check, text) ? [] : [names[index] as string]));
  return { passed: all.length - failed.length, total: all.length, failed };
}

/** Responses are compared by the names of what they fail: two checks of one prompt must not share one. */
function distinctNames(checks: readonly Check[]): string[] {
  const names = checks.map(nameOf);
  return names.map((name, index) => {
    const before = names.slice(0, index).filter((other) => other === name).length;
    return before === 0 ? name : `${name} (${before + 1})`;
  });
}

/** True when every check passed; a response without checks passes none and fails none, and is not counted as right. */
export function isFullyRight(result: CheckResult): boolean {
  return result.total > 0 && result.passed === result.total;
}

function passes(check: Check, text: string): boolean {
  switch (check.kind) {
    case 'mentions':
      return (
        (check.all ?? []).every((phrase) => mentions(text, phrase)) &&
        (!check.any || check.any.some((phrase) => mentions(text, phrase)))
      );
    case 'avoids':
      return !check.words.some((phrase) => mentions(text, phrase));
    case 'words': {
      const count = wordCount(text);
      return count >= (check.min ?? 0) && count <= (check.max ?? Number.POSITIVE_INFINITY);
    }
    case 'ends-with':
      return check.any.some((ending) => text.trimEnd().endsWith(ending));
    case 'matches':
      return new RegExp(check.pattern, `u${check.flags ?? ''}`).test(text);
    case 'number':
      return lastNumber(text) === check.equals;
    case 'json':
      return isJson(text);
  }
}

function nameOf(check: Check): string {
  switch (check.kind) {
    case 'mentions':
      return `mentions ${[...(check.all ?? []), ...(check.any ? [check.any.join(' or ')] : [])].join(' and ')}`;
    case 'avoids':
      return `avoids ${check.words.slice(0, 3).join(', ')}${check.words.length > 3 ? ', …' : ''}`;
    case 'words':
      return `${check.min ?? 0} to ${check.max ?? '∞'} words`;
    case 'ends-with':
      return `ends with ${check.any.join(' or ')}`;
    case 'matches':
      return `matches /${check.pattern}/${check.flags ?? ''}`;
    case 'number':
      return `the answer is ${check.equals}`;
    case 'json':
      return 'is JSON';
  }
}

/** Whole-word, case-insensitive search; a word is a run of letters and digits of any script. */
function mentions(text: string, phrase: string): boolean {
  const escaped = phrase
    .trim()
    .replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
    .replaceAll(/\s+/g, '\\s+');
  return new RegExp(`(?<![\\p{L}\\p{N}])${escaped}(?![\\p{L}\\p{N}])`, 'iu').test(text);
}

/** A sign counts where no letter or digit stands before it: `3-5` ends with 5, `is -5` and `is −5` with -5. */
const numberPattern = /(?:(?<![\p{L}\p{N}])[-−])?(?:(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d+)?|\.\d+)(?:e[+-]?\d+)?/giu;

function lastNumber(text: string): number | undefined {
  const last = text.match(numberPattern)?.at(-1);
  return last === undefined ? undefined : Number(last.replaceAll(',', '').replace('−', '-'));
}

/** Words as whitespace separates them; lone punctuation is not a word. */
export function wordCount(text: string): number {
  return text.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word)).length;
}

function isPattern(pattern: string): boolean {
  try {
    return new RegExp(pattern, 'u') instanceof RegExp;
  } catch {
    return false;
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
