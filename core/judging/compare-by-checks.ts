import type { Response } from '../response.ts';
import type { Verdict } from './verdict.ts';

/**
 * The verdict of code, where code can give one: a response that fails a true subset of the other's failed checks is
 * better. Where each fails something the other passes, only the teacher can say. That a response was cut off says nothing
 * of what it states, and decides nothing here.
 */
export function compareByChecks(first: Response, second: Response): Verdict | undefined {
  const failedByFirst = new Set(first.checks.failed);
  const failedBySecond = new Set(second.checks.failed);
  const winner =
    failedByFirst.size < failedBySecond.size && failedByFirst.isSubsetOf(failedBySecond)
      ? first
      : failedBySecond.size < failedByFirst.size && failedBySecond.isSubsetOf(failedByFirst)
        ? second
        : undefined;
  return winner && { kind: 'verdict', compared: [first.id, second.id], winner: winner.id, decidedBy: 'checks' };
}
