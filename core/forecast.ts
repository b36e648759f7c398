import type { Loop } from './loop.ts';
import { addUsage, type Price, type Usage } from './usage.ts';

/** How much of a prompt set there is. `characters` are those of its JSONL. */
export interface PromptVolume {
  readonly prompts: number;
  readonly characters: number;
}

/** English text has about four characters a token; a forecast needs no better. */
const CHARACTERS_PER_TOKEN = 4;

/**
 * What a run costs at most, as far as can be known before: every response as long as it may be, every comparison asked of the
 * teacher, every round run. Checks that decide, and responses that end early, make it cheaper.
 */
export function forecastOf(loop: Loop, train: PromptVolume, heldOut: PromptVolume): Usage {
  const k = loop.sampling.responses;
  // Search in knockout, confirmation in both orders, critiques of both (core/judging/find-extremes.ts).
  const comparisons = Math.ceil((3 * k) / 2) - 2 + 2;
  const critiques = loop.judging.critiques ? 1 : 0;
  const round = addUsage(
    // Some endpoints send one response a call, however many are asked for.
    calls(k * train.prompts, tokensOf(train), loop.sampling.maxTokens, loop.student.price),
    judging(loop, train, train.prompts * (comparisons + critiques) + canariesAtMost(loop, train)),
    // The candidate and the incumbent answer once each, and are compared once.
    calls(2 * heldOut.prompts, tokensOf(heldOut), loop.sampling.maxTokens, loop.student.price),
    judging(loop, heldOut, heldOut.prompts),
    { calls: 0, promptTokens: 0, completionTokens: 0, usd: loop.trainer.usdPerJob },
  );
  return addUsage(...Array.from({ length: loop.rounds }, () => round));
}

/** A coin decides for each prompt: five standard deviations above the mean, and five for few prompts, is more than will come. */
function canariesAtMost({ judging }: Loop, { prompts }: PromptVolume): number {
  const share = judging.canaryShare;
  if (share === 0) return 0;
  const deviation = Math.sqrt(prompts * share * (1 - share));
  return Math.min(prompts, Math.ceil(prompts * share + 5 * deviation + 5));
}

function judging(loop: Loop, volume: PromptVolume, questions: number): Usage {
  const rubric = (loop.rubric.purpose.length + loop.rubric.rules.join('').length) / CHARACTERS_PER_TOKEN;
  // Instructions and fences, about 160 tokens (core/judging/judge-prompt.ts); their nonces are worth more, and the schema has 40.
  const read = 250 + rubric + tokensOf(volume) + 2 * loop.sampling.maxTokens;
  return calls(questions, read, loop.teacher.maxTokens, loop.teacher.price);
}

function tokensOf({ prompts, characters }: PromptVolume): number {
  return prompts === 0 ? 0 : characters / prompts / CHARACTERS_PER_TOKEN;
}

function calls(count: number, promptTokens: number, completionTokens: number, price: Price): Usage {
  const read = Math.ceil(count * promptTokens);
  const written = Math.ceil(count * completionTokens);
  return {
    calls: count,
    promptTokens: read,
    completionTokens: written,
    usd: (read * price.prompt + written * price.completion) / 1_000_000,
  };
}
