import * as z from 'zod';
import { agreedWinner } from '../judging/judge-responses.ts';
import type { JudgedPrompt } from '../judging/judged-prompt.ts';
import { type Comparison, tie } from '../judging/verdict.ts';
import type { Loop } from '../loop.ts';
import type { Prompt } from '../prompt.ts';
import type { Response, SampledPrompt } from '../response.ts';
import { wordCount } from '../text/words.ts';
import { comparable, sameBeforeLimit } from './comparable-text.ts';
import type { PreferencePair, Provenance } from './preference-pair.ts';

/** Why a prompt gave no pair; counted, and shown in the report. */
export const noPairReasonSchema = z.enum([
  'fewer-than-two-responses', // to judge: the others are missing, refused, empty, equal or speak to the judge
  'abstention', // a confirming answer of the teacher was no verdict
  'tie', // a confirming verdict was a tie
  'order-conflict', // the two orders named different winners
  'unknown-response', // a verdict is about a response that was not sampled
  'canary-missed', // the teacher preferred planted nonsense on this very prompt
  'low-probability', // a confirming verdict was less probable than the loop asks for
  'chosen-cut-off', // the better response hit its token limit; learning it teaches to stop in mid-sentence
  'same-text', // but for case and white space around
  'same-before-token-limit', // the trainer would cut both to the same text
  'length-ratio', // one has too many times the words of the other
]);
export type NoPairReason = z.infer<typeof noPairReasonSchema>;

/** What a prompt gave: exactly one of the two. */
export type BuiltPair =
  | { readonly kind: 'pair'; readonly pair: PreferencePair }
  | { readonly kind: 'no-pair'; readonly prompt: string; readonly reason: NoPairReason };

export type PairSettings = Pick<Loop['pairs'], 'maximumLengthRatio' | 'maximumTokens'> &
  Pick<Loop['judging'], 'minimumProbability'>;

export interface PairMaterial {
  readonly prompt: Prompt;
  readonly sampled: SampledPrompt;
  readonly judged: JudgedPrompt;
  readonly settings: PairSettings;
  readonly provenance: Provenance;
}

/**
 * The preference pair of one prompt, or the reason why it has none. The label is what the confirming verdicts agree on,
 * even against the search; verdicts find their responses by id.
 */
export function buildPair({ prompt, sampled, judged, settings, provenance }: PairMaterial): BuiltPair {
  const noPair = (reason: NoPairReason): BuiltPair => ({ kind: 'no-pair', prompt: prompt.id, reason });
  const { extremes, confirmation, critiques } = judged;
  if (!extremes) return noPair('fewer-than-two-responses');

  const winner = agreedWinner(confirmation);
  if (winner === undefined) return noPair(reasonForNoWinner(confirmation));
  const loser = [extremes.best, extremes.worst].find((id) => id !== winner);
  const chosen = sampled.responses.find(({ id }) => id === winner);
  const rejected = sampled.responses.find(({ id }) => id === loser);
  if (!chosen || !rejected) return noPair('unknown-response');

  const { decidedBy, probabilities } = groundsOf(confirmation);
  if (decidedBy === 'teacher' && judged.canary === 'missed') return noPair('canary-missed');
  if (probabilities.some((probability) => probability < settings.minimumProbability)) return noPair('low-probability');
  const flaw = flawOf(chosen, rejected, settings);
  if (flaw) return noPair(flaw);

  const [praise, blame] = critiques === 'unreadable' ? [] : [critiques?.[chosen.id], critiques?.[rejected.id]];
  const pair: PreferencePair = {
    prompt,
    chosen: { id: chosen.id, text: chosen.text },
    rejected: { id: rejected.id, text: rejected.text },
    margin: marginOf(probabilities),
    decidedBy,
    critiques: praise !== undefined && blame !== undefined ? { chosen: praise, rejected: blame } : null,
    provenance,
  };
  return { kind: 'pair', pair };
}

function reasonForNoWinner(confirmation: readonly Comparison[]): NoPairReason {
  if (confirmation.some(({ kind }) => kind === 'abstention')) return 'abstention';
  const isTied = confirmation.some((comparison) => comparison.kind === 'verdict' && comparison.winner === tie);
  return isTied ? 'tie' : 'order-conflict';
}

function groundsOf(confirmation: readonly Comparison[]) {
  const verdicts = confirmation.filter((comparison) => comparison.kind === 'verdict');
  const byChecks = verdicts.every(({ decidedBy }) => decidedBy === 'checks');
  return {
    decidedBy: byChecks ? ('checks' as const) : ('teacher' as const),
    probabilities: verdicts.flatMap(({ probability }) => (probability === undefined ? [] : [probability])),
  };
}

function flawOf(chosen: Response, rejected: Response, settings: PairSettings): NoPairReason | undefined {
  if (chosen.finish === 'length') return 'chosen-cut-off';
  if (comparable(chosen.text) === comparable(rejected.text)) return 'same-text';
  if (sameBeforeLimit(chosen.text, rejected.text, settings.maximumTokens)) return 'same-before-token-limit';
  if (lengthRatio(chosen.text, rejected.text) > settings.maximumLengthRatio) return 'length-ratio';
  return undefined;
}

/** Words of the longer over words of the shorter; a text without words counts as one. */
function lengthRatio(first: string, second: string): number {
  const [shorter = 1, longer = 1] = [first, second].map((text) => Math.max(1, wordCount(text))).sort((a, b) => a - b);
  return longer / shorter;
}

function marginOf(probabilities: readonly number[]): number {
  if (probabilities.length === 0) return 1;
  const mean = probabilities.reduce((sum, one) => sum + one, 0) / probabilities.length;
  return Math.min(1, Math.max(0, 2 * mean - 1));
}
