import type { ChatChoice, ChatRequest, TokenLogprob } from '../server/chat-model.ts';

/** Probabilities of what may stand where the verdict stands; the likeliest is what the answer says. */
export type VerdictOdds = ReadonlyMap<string, number>;

/** The content as the request wants it: within its token limit, and with log-probabilities where it asks for them. */
export function answerChoice(request: ChatRequest, content: string, odds?: VerdictOdds): ChatChoice {
  const tokens = content.match(/\s*(?:[\p{L}\p{N}]+|[^\s\p{L}\p{N}]+)/gu) ?? [];
  const limit = request.max_completion_tokens ?? request.max_tokens ?? Number.POSITIVE_INFINITY;
  const kept = tokens.slice(0, limit);
  return {
    content: kept.join(''),
    finishReason: kept.length < tokens.length ? 'length' : 'stop',
    ...(request.logprobs ? { logprobs: logprobsOf(kept, odds, request.top_logprobs ?? 0) } : {}),
  };
}

export function refusalChoice(refusal: string): ChatChoice {
  return { content: '', finishReason: 'stop', refusal };
}

/** The teacher is sure of all its tokens but the one that carries the verdict. */
function logprobsOf(tokens: readonly string[], odds: VerdictOdds | undefined, top: number): TokenLogprob[] {
  const at = odds ? tokens.findLastIndex((token) => odds.has(token)) : -1;
  return tokens.map((token, index) => {
    const likely = index === at && odds ? odds : new Map([[token, 1]]);
    const alternatives = [...likely].map(([token, share]) => ({ token, logprob: Math.log(share) }));
    return {
      token,
      logprob: Math.log(likely.get(token) ?? 1),
      top_logprobs: alternatives.sort((a, b) => b.logprob - a.logprob).slice(0, top),
    };
  });
}
