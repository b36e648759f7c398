import { CheckBroken } from '../errors.ts';
import type { Prompt } from '../prompt.ts';
import { type Check, type OwnCheckUse, rulesOf } from './check.ts';
import type { OwnCheck } from './own-check.ts';

/** Which checks a response failed, as readable names; `total` of them ran. */
export interface CheckResult {
  readonly passed: number;
  readonly total: number;
  readonly failed: readonly string[];
}

/** The loop's own checks by name, and the prompt that they are told of. */
export interface OwnChecks {
  readonly byName: ReadonlyMap<string, OwnCheck>;
  readonly prompt: Prompt;
}

/** A blank response fails every check. Throws CheckBroken where a check of the user's own gives no answer. */
export function runChecks(checks: readonly Check[] | undefined, text: string, own?: OwnChecks): CheckResult {
  const all = checks ?? [];
  const names = distinctNames(all);
  const isBlank = text.trim() === '';
  const failed = all.flatMap((check, index) => {
    return !isBlank && passes(check, text, own) ? [] : [names[index] as string];
  });
  return { passed: all.length - failed.length, total: all.length, failed };
}

/** True when every check passed; a response without checks passes none and fails none, and is not counted as right. */
export function isFullyRight(result: CheckResult): boolean {
  return result.total > 0 && result.passed === result.total;
}

/** Responses are compared by the names of what they fail: two checks of one prompt must not share one. */
function distinctNames(checks: readonly Check[]): string[] {
  const names = checks.map((check) => (check.kind === 'own' ? check.name : rulesOf(check).nameOf(check)));
  return names.map((name, index) => {
    const before = names.slice(0, index).filter((other) => other === name).length;
    return before === 0 ? name : `${name} (${before + 1})`;
  });
}

function passes(check: Check, text: string, own: OwnChecks | undefined): boolean {
  return check.kind === 'own' ? ownPasses(check, text, own) : rulesOf(check).passes(check, text);
}

function ownPasses({ name, options }: OwnCheckUse, text: string, own: OwnChecks | undefined): boolean {
  const check = own?.byName.get(name);
  if (!own || !check) throw new CheckBroken(name, own?.prompt.id, 'it is not loaded');
  let verdict: unknown;
  try {
    verdict = check(text, options, own.prompt);
  } catch (cause) {
    throw new CheckBroken(name, own.prompt.id, cause instanceof Error ? cause.message : String(cause), { cause });
  }
  if (typeof verdict === 'boolean') return verdict;
  throw new CheckBroken(name, own.prompt.id, `it returned ${typeof verdict} and not true or false`);
}
