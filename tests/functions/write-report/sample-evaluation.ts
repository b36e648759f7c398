import { randomFor } from '../../../core/random.ts';
import type { Evaluation } from '../../../core/report.ts';

/** 256 comparisons that the candidate wins at about this rate, with the wealth of a steady bet on it. */
export function sampleEvaluation(round: number, rate: number, prompts = 256): Evaluation {
  const outcomes = sampleOutcomes(round, rate, prompts);
  const tally = (outcome: number) => outcomes.filter((one) => one === outcome).length;
  const winRate = outcomes.reduce((sum, outcome) => sum + outcome, 0) / prompts;
  const half = 0.9 / Math.sqrt(prompts);
  return {
    winRate,
    low: Math.max(0, winRate - half),
    high: Math.min(1, winRate + half),
    prompts,
    wins: tally(1),
    ties: tally(0.5),
    losses: tally(0),
    abstentions: 0,
    decidedByChecks: Math.round(prompts * 0.45),
    wealth: wealthOf(outcomes),
  };
}

function sampleOutcomes(round: number, rate: number, prompts: number): number[] {
  const random = randomFor('sample evaluation', round);
  return Array.from({ length: prompts }, () =>
    random.next() < 0.2 ? 0.5 : random.next() < (rate - 0.1) / 0.8 ? 1 : 0,
  );
}

function wealthOf(outcomes: readonly number[]): [number, number][] {
  let log10 = 0;
  const curve = outcomes.map((outcome, index): [number, number] => {
    log10 += Math.log10(1 + 0.5 * (outcome - 0.5));
    return [index + 1, log10];
  });
  return [[0, 0], ...curve.filter(([seen]) => seen % 4 === 0)];
}
