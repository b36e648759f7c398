import { wealthAgainst } from '../../../core/evaluation/betting.ts';
import type { EvaluatedPrompt, Outcome } from '../../../core/evaluation/evaluated-prompt.ts';
import type { EvaluationSummary } from '../../../core/evaluation/summarize-evaluation.ts';
import { type Loop, loopDocumentSchema } from '../../../core/loop.ts';
import type { Random } from '../../../core/random.ts';
import type { HeldOut } from '../../../core/report.ts';
import type { Response } from '../../../core/response.ts';
import { noUsage } from '../../../core/usage.ts';

export const worth = { win: 1, tie: 0.5, loss: 0, abstention: 0.5 } as const;

export const settings: Loop['evaluation'] = loopDocumentSchema.shape.evaluation.parse({});

export function response(text: string, over: Partial<Response> = {}): Response {
  return { id: 'p/0', text, model: 'm', finish: 'stop', checks: { passed: 0, total: 0, failed: [] }, ...over };
}

export function checked(text: string, failed: readonly string[], total = 2): Response {
  return response(text, { checks: { passed: total - failed.length, total, failed: [...failed] } });
}

export function evaluated(prompt: string, outcome: Outcome, over: Partial<EvaluatedPrompt> = {}): EvaluatedPrompt {
  const abstained = outcome === 'abstention';
  return {
    prompt,
    incumbent: response('the old reply'),
    candidate: response('the new reply'),
    missing: {},
    comparison: null,
    outcome,
    score: worth[outcome],
    decidedBy: abstained ? null : 'teacher',
    abstention: abstained ? 'unreadable' : null,
    usage: noUsage,
    ...over,
  };
}

const heldOut: HeldOut = {
  model: 'm',
  responses: 0,
  checkRate: null,
  meanWords: 20,
  refusalRate: 0,
  cutOffRate: 0,
  repetition: 0,
};

/** What the gate would see after these outcomes, with two students that differ in nothing else. */
export function summaryOf(outcomes: readonly Outcome[]): EvaluationSummary {
  const values = outcomes.map((outcome) => worth[outcome]);
  const { running, maximum } = wealthAgainst(0.5, values);
  const count = (wanted: Outcome) => outcomes.filter((outcome) => outcome === wanted).length;
  return {
    evaluation: {
      winRate: values.length === 0 ? 0.5 : values.reduce<number>((sum, value) => sum + value, 0) / values.length,
      low: 0,
      high: 1,
      prompts: outcomes.length,
      wins: count('win'),
      ties: count('tie'),
      losses: count('loss'),
      abstentions: count('abstention'),
      decidedByChecks: 0,
      wealth: [[running.indexOf(maximum), maximum]],
    },
    heldOut: { incumbent: heldOut, candidate: heldOut },
    pairedChecks: { prompts: 0, onlyCandidate: 0, onlyIncumbent: 0 },
    abstentionReasons: {},
    usage: noUsage,
  };
}

/** Outcomes of a candidate with this true win rate; the share of ties is that of GPT-4's recorded verdicts. */
export function outcomesAt(winRate: number, prompts: number, random: Random, ties = 0.13): Outcome[] {
  return Array.from({ length: prompts }, () => {
    const roll = random.next();
    if (roll < ties) return 'tie';
    return roll < ties + winRate - ties / 2 ? 'win' : 'loss';
  });
}
