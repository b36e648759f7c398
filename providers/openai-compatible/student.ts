import type { OpenAI } from 'openai';
import { ProviderRejectedRequest } from '../../core/errors.ts';
import type { SampledText, SampleRequest, Student } from '../../core/ports.ts';
import type { Prompt } from '../../core/prompt.ts';
import { directCalls, type ModelCalls } from '../call-engine/model-calls.ts';
import {
  type Chat,
  type ChatBody,
  type Choice,
  type Completion,
  completeChat,
  finishOf,
  type Part,
  textOfChoice,
} from './chat.ts';
import { estimatedTokens } from './estimate-tokens.ts';

export interface StudentOptions {
  readonly client: OpenAI;
  readonly model: string;
  /** Ask for log-probabilities, for the mean of a response's tokens. */
  readonly logprobs?: boolean | undefined;
  /** How calls are made; without it at once, and once. */
  readonly calls?: ModelCalls | undefined;
}

/** The sampling temperature is the user's decision: an endpoint that refuses it is an error, not to be worked around. */
const dispensable: readonly Part[] = ['n', 'seed', 'logprobs', 'max_tokens'];
/** Ollama, for one, takes `n` and sends one choice all the same. One such answer may be an accident, and `n` saves much. */
const SURELY_ALONE = 2;

/** A student behind an OpenAI-compatible endpoint. What the endpoint refuses is remembered as long as this object lives. */
export function openaiStudent(options: StudentOptions): Student {
  const { client, model, calls = directCalls } = options;
  const chat: Chat = { client, refused: new Set(), dispensable, calls };
  let aloneInARow = 0;
  return {
    model,
    async sample(request) {
      const bodyWithout = (without: ReadonlySet<Part>) => bodyOf(options, request, without);
      const completion = await completeChat(chat, tokensAheadOf(request), bodyWithout).catch((error: unknown) => {
        throw sayingOfImage(error, request.prompt);
      });
      const { length: sent } = completion.choices;
      if (request.count > 1 && sent > 0) aloneInARow = sent === 1 ? aloneInARow + 1 : 0;
      if (aloneInARow >= SURELY_ALONE) chat.refused.add('n');
      return sampled(completion, request.count);
    },
  };
}

/** A text model refuses an image in the endpoint's own words, which name no prompt and no remedy. */
function sayingOfImage(error: unknown, { id, messages }: Prompt): unknown {
  const hasImage = messages.some(
    ({ content }) => typeof content !== 'string' && content.some(({ type }) => type === 'image_url'),
  );
  if (!(error instanceof ProviderRejectedRequest) || !hasImage || !/image/i.test(error.message)) return error;
  const remedy = `The prompt ${id} has an image, which this model does not read: take the image out, or name a model that reads images.`;
  return new ProviderRejectedRequest(`${error.message} ${remedy}`, { cause: error.cause, status: error.status });
}

function tokensAheadOf({ prompt, count, maxTokens }: SampleRequest): number {
  return estimatedTokens(JSON.stringify(prompt.messages)) + count * maxTokens;
}

function bodyOf({ model, logprobs }: StudentOptions, request: SampleRequest, without: ReadonlySet<Part>): ChatBody {
  return {
    model,
    messages: request.prompt.messages,
    ...(request.count === 1 || without.has('n') ? {} : { n: request.count }),
    temperature: request.temperature,
    // Reasoning models refuse it, whatever its value; 1 is what all do without it.
    ...(request.topP === 1 ? {} : { top_p: request.topP }),
    [without.has('max_tokens') ? 'max_completion_tokens' : 'max_tokens']: request.maxTokens,
    ...(without.has('seed') ? {} : { seed: request.seed }),
    ...(logprobs && !without.has('logprobs') ? { logprobs: true } : {}),
  };
}

/** A prompt that the endpoint filters gets responses all the same: what they are, and not that they are missing. */
function sampled({ choices, filtered, tokens, calls, servedBy }: Completion, count: number) {
  const texts = filtered
    ? Array.from({ length: count }, (): SampledText => ({ text: '', finish: 'filtered' }))
    : choices.slice(0, count).map(sampledText);
  return { texts, tokens, calls, ...(servedBy === undefined ? {} : { servedBy }) };
}

function sampledText(choice: Choice): SampledText {
  const tokens = choice.logprobs?.content ?? [];
  const total = tokens.reduce((sum, token) => sum + token.logprob, 0);
  return {
    text: textOfChoice(choice),
    finish: finishOf(choice),
    ...(tokens.length > 0 ? { meanLogprob: total / tokens.length } : {}),
  };
}
