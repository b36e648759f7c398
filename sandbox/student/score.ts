import type { Sequence } from './batches.ts';
import { emptyCache, forwardToken, softmax } from './plain-forward.ts';
import type { Weights } from './shape.ts';

/** Natural log-probability of each token after those before it, [tokens]; 0 for the first. */
export function tokenLogprobs(weights: Weights, tokens: readonly number[]): Float32Array {
  const cache = emptyCache();
  const result = new Float32Array(tokens.length);
  tokens.slice(0, -1).forEach((token, at) => {
    const chances = forwardToken(weights, cache, token);
    softmax(chances);
    result[at + 1] = Math.log(chances[tokens[at + 1] as number] as number);
  });
  return result;
}

/** Of the weighted tokens together. */
export function sequenceLogprob(weights: Weights, { tokens, weight }: Sequence): number {
  return tokenLogprobs(weights, tokens).reduce((sum, logprob, at) => sum + logprob * (weight[at] ?? 0), 0);
}
