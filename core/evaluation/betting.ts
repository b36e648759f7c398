/**
 * What is known about a mean of outcomes in [0, 1], by betting (Waudby-Smith and Ramdas, arXiv 2010.09686). A gambler
 * who doubts "the mean is at most m" bets on every outcome before it is seen. Where m is true the wealth can't be
 * expected to grow, and by Ville's inequality it ever reaches 1 / alpha with a chance of at most alpha: at any sample
 * size, however often one looks.
 */

/**
 * Shares of the largest bet that can't ruin, and how the first coin is divided among them: fixed ahead, so that nothing
 * is tuned on the outcomes. A win rate p is caught fastest by the stake 2p − 1: most lies on win rates of 55 to 70 %,
 * the rest is for a landslide and for tens of thousands of prompts.
 */
const bets = [
  { stake: 0.8, share: 8 / 87 },
  { stake: 0.4, share: 16 / 87 },
  { stake: 0.2, share: 32 / 87 },
  { stake: 0.1, share: 16 / 87 },
  { stake: 0.05, share: 8 / 87 },
  { stake: 0.025, share: 4 / 87 },
  { stake: 0.0125, share: 2 / 87 },
  { stake: 0.00625, share: 1 / 87 },
] as const;

const { exp, log } = Math;

export interface Wealth {
  /** log10 of the wealth after 0, 1, 2, … outcomes; the first is 0. */
  readonly running: readonly number[];
  /** The highest of them: what Ville's inequality is about. */
  readonly maximum: number;
}

/** The wealth of a gambler who bets against "the mean is at most `mean`", 0 < mean < 1. */
export function wealthAgainst(mean: number, outcomes: readonly number[]): Wealth {
  const bet = gambler(mean);
  const running = [0, ...outcomes.map((outcome) => bet(outcome) * Math.LOG10E)];
  return { running, maximum: running.reduce((highest, wealth) => Math.max(highest, wealth)) };
}

/**
 * The confidence sequence of the mean at the last outcome: every mean that no prefix has ruled out, from either side.
 * It is widened to hold the sample mean, which it can miss only where the outcomes drift.
 */
export function meanInterval(outcomes: readonly number[], confidence: number): { low: number; high: number } {
  const needed = Math.log(2 / (1 - confidence));
  const sum = outcomes.reduce((total, outcome) => total + outcome, 0);
  const mean = outcomes.length === 0 ? 0.5 : sum / outcomes.length;
  const mirrored = outcomes.map((outcome) => 1 - outcome);
  return {
    low: Math.min(mean, largestRuledOut(outcomes, needed)),
    high: Math.max(mean, 1 - largestRuledOut(mirrored, needed)),
  };
}

/** By bisection to 0.01 %, on the careful side: on any outcomes, a gambler wins less against a greater mean. */
function largestRuledOut(outcomes: readonly number[], needed: number): number {
  let ruledOut = 0;
  let possible = 1;
  while (possible - ruledOut > 1e-4) {
    const middle = (ruledOut + possible) / 2;
    const bet = gambler(middle);
    if (outcomes.some((outcome) => bet(outcome) >= needed)) ruledOut = middle;
    else possible = middle;
  }
  return ruledOut;
}

/**
 * Bets on one outcome after the other; each call gives the natural logarithm of the wealth, which can't overflow. Plain
 * loops, because this is the one place where a hundred thousand prompts are felt.
 */
function gambler(mean: number): (outcome: number) => number {
  const purses = bets.map(({ share }) => log(share));
  return (outcome) => {
    const gain = outcome / mean - 1;
    for (const [index, { stake }] of bets.entries()) {
      purses[index] = (purses[index] as number) + log(1 + stake * gain);
    }
    return logOfSum(purses);
  };
}

function logOfSum(logs: readonly number[]): number {
  let largest = Number.NEGATIVE_INFINITY;
  for (const one of logs) if (one > largest) largest = one;
  let sum = 0;
  for (const one of logs) sum += exp(one - largest);
  return largest + log(sum);
}
