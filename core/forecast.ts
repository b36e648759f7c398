import type { Stage } from './budget.ts';
import type { Loop } from './loop.ts';
import { addUsage, noUsage, type Price, type Usage } from './usage.ts';

/** How much of a prompt set there is. `characters` are those of its JSONL. */
export interface PromptVolume {
  readonly prompts: number;
  readonly characters: number;
}

/** English text has about four characters a token; a forecast needs no better. */
const CHARACTERS_PER_TOKEN = 4;

/** Who is asked in a stage, and what it costs at most, all rounds together. */
export interface ForecastLine {
  readonly stage: Stage;
  readonly role: 'student' | 'teacher' | 'trainer';
  readonly usage: Usage;
}

/** What a run costs at most. */
export function forecastOf(loop: Loop, train: PromptVolume, heldOut: PromptVolume): Usage {
  return addUsage(...forecastLines(loop, train, heldOut).map(({ usage }) => usage));
}

/**
 * What a run costs at most, as far as can be known before: every response as long as it may be, every comparison asked of the
 * teacher, every round run. Checks that decide, and responses that end early, make it cheaper.
 */
export function forecastLines(loop: Loop, train: PromptVolume, heldOut: PromptVolume): ForecastLine[] {
  const k = loop.sampling.responses;
  // Search in knockout, confirmation in both orders, critiques of both (core/judging/find-extremes.ts).
  const comparisons = Math.ceil((3 * k) / 2) - 2 + 2;
  const critiques = loop.judging.critiques ? 1 : 0;
  const { sampling, student, trainer } = loop;
  const line = (stage: Stage, role: ForecastLine['role'], round: Usage): ForecastLine => ({
    stage,
    role,
    usage: addUsage(...Array.from({ length: loop.rounds }, () => round)),
  });
  const feedback = [
    // Some endpoints send one response a call, however many are asked for.
    line('sampling', 'student', calls(k * train.prompts, tokensOf(train), sampling.maxTokens, student.price)),
    line(
      'judging',
      'teacher',
      judging(loop, train, train.prompts * (comparisons + critiques) + canariesAtMost(loop, train)),
    ),
  ];
  if (!trainer) return feedback;
  return [
    ...feedback,
    line('training', 'trainer', { ...noUsage, usd: trainer.usdPerJob }),
    // The candidate and the incumbent answer once each, and are compared once.
    line('evaluation', 'student', calls(2 * heldOut.prompts, tokensOf(heldOut), sampling.maxTokens, student.price)),
    line('evaluation', 'teacher', judging(loop, heldOut, heldOut.prompts)),
  ];
}

/**
 * How long the calls of a line take, in seconds, where one takes `secondsPerCall` and as many are under way, and as many
 * are made a minute, as the loop file allows. A training job takes as long as it takes.
 */
export function secondsOf({ role, usage }: ForecastLine, loop: Loop, secondsPerCall: number): number {
  if (role === 'trainer') return 0;
  const { callsAtOnce, requestsPerMinute, tokensPerMinute } = loop[role];
  const perMinute = (amount: number, rate: number | undefined) => (rate === undefined ? 0 : (60 * amount) / rate);
  return Math.max(
    (usage.calls * secondsPerCall) / callsAtOnce,
    perMinute(usage.calls, requestsPerMinute),
    perMinute(usage.promptTokens + usage.completionTokens, tokensPerMinute),
  );
}

/**
 * A coin decides for each prompt: five standard deviations above the mean, and five for few prompts, is more than will come.
 * And each shard shows one, whatever its coins say (functions/judge-responses/handler.ts).
 */
function canariesAtMost({ judging, shards }: Loop, { prompts }: PromptVolume): number {
  const share = judging.canaryShare;
  if (share === 0) return 0;
  const deviation = Math.sqrt(prompts * share * (1 - share));
  return Math.min(prompts, Math.ceil(prompts * share + 5 * deviation + 5) + Math.ceil(prompts / shards.prompts));
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
