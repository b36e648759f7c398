import type { Loop } from '../loop.ts';
import type { Guard } from '../report.ts';
import { differenceLowerBound } from './paired-difference.ts';
import type { EvaluationSummary } from './summarize-evaluation.ts';
import { percent, points } from './wording.ts';

type Limits = Loop['evaluation']['guards'];

/** What a candidate may not pay for its wins with. Each says its numbers in one sentence, whether it passed or not. */
export function checkGuards(summary: EvaluationSummary, limits: Limits): Guard[] {
  const { incumbent, candidate } = summary.heldOut;
  return [
    checksGuard(summary, limits.checks),
    lengthGuard(incumbent.meanWords, candidate.meanWords, limits.length),
    riseGuard('refusals', 'Refusals', [incumbent.refusalRate, candidate.refusalRate], limits.refusals),
    riseGuard('repetition', 'Repeated word pairs', [incumbent.repetition, candidate.repetition], limits.repetition),
    riseGuard('cut-off', 'Cut-off responses', [incumbent.cutOffRate, candidate.cutOffRate], limits.cutOff),
    readableGuard(summary.evaluation, limits.unreadable),
  ];
}

/** Not inferior by more than the margin: on the lower bound, so too few prompts to tell do not pass. */
function checksGuard({ heldOut, pairedChecks }: EvaluationSummary, margin: number): Guard {
  const name = 'checks';
  const { incumbent, candidate } = heldOut;
  if (incumbent.checkRate === null && candidate.checkRate === null) {
    return { name, passed: true, says: 'Checks: no held-out prompt has any, so there is nothing to compare.' };
  }
  const { prompts: pairs, onlyCandidate: onlyFirst, onlyIncumbent: onlySecond } = pairedChecks;
  const bound = differenceLowerBound({ pairs, onlyFirst, onlySecond });
  return {
    name,
    passed: bound >= -margin - rounding,
    says: `Checks: on ${pairs} prompts only the candidate was right ${onlyFirst} times and only the incumbent ${onlySecond} times; at 95 % confidence the candidate's check rate is ${boundInWords(bound)}, and ${points(margin)} lower is allowed.`,
  };
}

function boundInWords(bound: number): string {
  return bound >= 0 ? `at least ${points(bound)} higher` : `at most ${points(-bound)} lower`;
}

function lengthGuard(incumbent: number, candidate: number, factor: number): Guard {
  const name = 'length';
  const words = `${candidate.toFixed(1)} words on average after ${incumbent.toFixed(1)}`;
  if (incumbent === 0) return { name, passed: true, says: `Length: ${words}; of no words there is no multiple.` };
  const ratio = candidate / incumbent;
  return {
    name,
    passed: ratio <= factor + rounding && ratio >= 1 / factor - rounding,
    says: `Length: ${words}, ${ratio.toFixed(2)} times as many; ${(1 / factor).toFixed(2)} to ${factor.toFixed(2)} is allowed.`,
  };
}

function riseGuard(
  name: Guard['name'],
  what: string,
  [incumbent, candidate]: readonly [number, number],
  allowed: number,
): Guard {
  return {
    name,
    passed: candidate - incumbent <= allowed + rounding,
    says: `${what}: ${percent(candidate)} after ${percent(incumbent)}; a rise of ${points(allowed)} is allowed.`,
  };
}

function readableGuard(evaluation: EvaluationSummary['evaluation'], allowed: number): Guard {
  const { abstentions, prompts } = evaluation;
  const share = prompts === 0 ? 0 : abstentions / prompts;
  return {
    name: 'readable-verdicts',
    passed: share <= allowed + rounding,
    says: `Abstentions: ${abstentions} of ${prompts} prompts (${percent(share)}); ${percent(allowed)} is allowed.`,
  };
}

/** 0.30 − 0.28 is a little more than 0.02 to a computer: exactly the limit still passes. */
const rounding = 1e-9;
