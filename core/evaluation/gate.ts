import type { Loop } from '../loop.ts';
import type { Decision, Evaluation } from '../report.ts';
import { checkGuards } from './guards.ts';
import type { EvaluationSummary } from './summarize-evaluation.ts';
import { percent, wealthInWords } from './wording.ts';

/**
 * One round's share of alpha: an even split over the rounds of the run (Bonferroni). A loop that tries until it passes
 * will pass, so all its tries share one alpha; their number is known ahead, and no round is worth less than another.
 */
export function alphaOfRound(settings: Pick<Loop['evaluation'], 'alpha'>, rounds: number): number {
  return settings.alpha / rounds;
}

/**
 * The gate. A candidate is promoted when the wealth of a gambler against "it is no better" has reached 1 / alpha, on
 * enough prompts, and every guard holds; else the incumbent stays. An equal candidate passes with a chance of at most
 * alpha in a whole run (Ville's inequality, arXiv 2010.09686); "more than half of the prompts" would pass it half the time.
 */
export function decidePromotion(
  summary: EvaluationSummary,
  settings: Loop['evaluation'],
  { rounds }: { readonly rounds: number },
): Decision {
  const { evaluation } = summary;
  const alpha = alphaOfRound(settings, rounds);
  const guards = checkGuards(summary, settings.guards);
  const nothing = nothingToCompare(evaluation);
  if (nothing) return { promote: false, reasons: [nothing], alpha, guards };

  const evidence = evidenceInWords(evaluation, alpha);
  const obstacles = [
    ...tooFewPrompts(evaluation, settings.minimumPrompts),
    ...(maximumWealth(evaluation) < -Math.log10(alpha) ? [evidence] : []),
    ...lostInTheEnd(evaluation),
    ...guards.filter((guard) => !guard.passed).map((guard) => guard.says),
  ];
  const promote = obstacles.length === 0;
  const reasons = promote ? [evidence, `All ${guards.length} guards hold.`] : [...new Set([...obstacles, evidence])];
  return { promote, reasons, alpha, guards };
}

function nothingToCompare({ prompts, abstentions }: Evaluation): string | undefined {
  if (prompts === 0) return 'There is nothing to compare: no held-out prompt was evaluated.';
  if (abstentions === prompts) return `There is nothing to compare: all ${prompts} prompts ended in an abstention.`;
  return undefined;
}

/** log10; a thinned curve keeps its highest point. */
function maximumWealth({ wealth }: Evaluation): number {
  return Math.max(0, ...wealth.map(([, log10]) => log10));
}

function evidenceInWords(evaluation: Evaluation, alpha: number): string {
  const { winRate, low, high, prompts } = evaluation;
  const reached = wealthInWords(maximumWealth(evaluation));
  const needed = Number((1 / alpha).toFixed(1));
  return `The candidate's win rate on ${prompts} held-out prompts is ${percent(winRate)} (95 % interval ${(low * 100).toFixed(1)} to ${percent(high)}); the evidence against "no better" reached ${reached}, ${needed} was needed.`;
}

function tooFewPrompts({ prompts }: Evaluation, minimum: number): string[] {
  if (prompts >= minimum) return [];
  return [`${prompts} held-out prompts are too few: ${minimum} are needed.`];
}

/** Early luck: the evidence was there once, but who loses in the end is not promoted. */
function lostInTheEnd({ winRate, prompts }: Evaluation): string[] {
  if (winRate > 0.5) return [];
  return [`Over all ${prompts} prompts the candidate did not win more than it lost.`];
}
