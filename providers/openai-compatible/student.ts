import type { OpenAI } from 'openai';
import type { SampledText, SampleRequest, Student } from '../../core/ports.ts';
import { seedFor } from '../../core/random.ts';
import type { Patience } from '../patience.ts';
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

export interface StudentOptions {
  readonly client: OpenAI;
  readonly model: string;
  /** Ask for log-probabilities, for the mean of a response's tokens. */
  readonly logprobs?: boolean | undefined;
  /** For each single request; without it an overload is an error at once. */
  readonly patience?: Patience | undefined;
}

/** The sampling temperature is the user's decision: an endpoint that refuses it is an error, not to be worked around. */
const dispensable: readonly Part[] = ['n', 'seed', 'logprobs', 'max_tokens'];

/** A student behind an OpenAI-compatible endpoint. What the endpoint refuses is remembered as long as this object lives. */
export function openaiStudent(options: StudentOptions): Student {
  const { client, model, patience } = options;
  const chat: Chat = { client, refused: new Set(), dispensable, patience };
  const complete = (request: SampleRequest, count: number, seed: number) =>
    completeChat(chat, (without) => bodyOf(options, request, count, seed, without));

  return {
    model,
    async sample(request) {
      const first = await complete(request, request.count, request.seed);
      // Ollama, for one, takes `n` and sends one choice all the same.
      if (request.count > 1 && first.choices.length === 1) chat.refused.add('n');
      const completions = [first];
      // A filter refuses the prompt, so it would refuse the others too.
      const oneAtATime = chat.refused.has('n') && !first.filtered;
      for (let index = 1; oneAtATime && index < request.count; index++) {
        completions.push(await complete(request, 1, seedFor(request.seed, index)));
      }
      return sampled(completions, request.count);
    },
  };
}

function bodyOf(
  { model, logprobs }: StudentOptions,
  request: SampleRequest,
  count: number,
  seed: number,
  without: ReadonlySet<Part>,
): ChatBody {
  return {
    model,
    messages: request.prompt.messages,
    ...(count === 1 || without.has('n') ? {} : { n: count }),
    temperature: request.temperature,
    top_p: request.topP,
    [without.has('max_tokens') ? 'max_completion_tokens' : 'max_tokens']: request.maxTokens,
    ...(without.has('seed') ? {} : { seed }),
    ...(logprobs && !without.has('logprobs') ? { logprobs: true } : {}),
  };
}

function sampled(completions: readonly Completion[], count: number) {
  const sum = (figure: (completion: Completion) => number) =>
    completions.reduce((total, completion) => total + figure(completion), 0);
  const askedOfEach = completions.length === 1 ? count : 1;
  return {
    texts: completions.flatMap((completion) => textsOf(completion, askedOfEach)).slice(0, count),
    tokens: {
      promptTokens: sum((completion) => completion.tokens.promptTokens),
      completionTokens: sum((completion) => completion.tokens.completionTokens),
    },
    calls: sum((completion) => completion.calls),
  };
}

/** A prompt that the endpoint filters gets responses all the same: what they are, and not that they are missing. */
function textsOf({ choices, filtered }: Completion, asked: number): SampledText[] {
  if (filtered) return Array.from({ length: asked }, () => ({ text: '', finish: 'filtered' }));
  return choices.map(sampledText);
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
