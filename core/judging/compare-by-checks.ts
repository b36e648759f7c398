import type { Response } from '../response.ts';
import type { Verdict } from './verdict.ts';

/**
 * The verdict of code, where code can give one: a response that fails a true subset of the other's failed checks is
 * better. Being cut off counts as a failed check. Where each fails something the other passes, only the teacher can say.
 */
export function compareByChecks(first: Response, second: Response): Verdict | undefined {
  const failedByFirst = failures(first);
  const failedBySecond = failures(second);
  const winner =
    failedByFirst.size < failedBySecond.size && failedByFirst.isSubsetOf(failedBySecond)
      ? first
      : failedBySecond.size < failedByFirst.size && failedBySecond.isSubsetOf(failedByFirst)
        ? second
        : undefined;
  return winner && { kind: 'verdict', compared: [first.id, second.id], winner: winner.id, decidedBy: 'checks' };
}

function failures(response: Response): Set<string> {
  return new Set(response.finish === 'length' ? [...response.checks.failed, 'cut off'] : response.checks.failed);
}
