import type { OpenAI } from 'openai';
import type { Teacher, TeacherAnswer, TeacherRequest, TokenLogprob } from '../../core/ports.ts';
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

export interface TeacherOptions {
  readonly client: OpenAI;
  readonly model: string;
  /** Ask for log-probabilities: they turn a verdict into a probability. */
  readonly logprobs?: boolean | undefined;
  /** How calls are made; without it at once, and once. */
  readonly calls?: ModelCalls | undefined;
}

/** Other tokens shown beside each one. The verdict's rival is among the first two or three; some vendors stop at 5. */
const ALTERNATIVES = 5;
/** In this order: strict JSON falls back to any JSON, then to prose that the reader of answers judges. */
const dispensable: readonly Part[] = ['json_schema', 'json_object', 'logprobs', 'seed', 'temperature', 'max_tokens'];

/** A teacher behind an OpenAI-compatible endpoint. What the endpoint refuses is remembered as long as this object lives. */
export function openaiTeacher(options: TeacherOptions): Teacher {
  const { client, model, calls = directCalls } = options;
  const chat: Chat = { client, refused: new Set(), dispensable, calls };
  return {
    model,
    async ask(request) {
      const bodyWithout = (without: ReadonlySet<Part>) => bodyOf(options, request, without);
      const tokensAhead = estimatedTokens(JSON.stringify(request.messages)) + request.maxTokens;
      return answerIn(await completeChat(chat, tokensAhead, bodyWithout));
    },
  };
}

function bodyOf({ model, logprobs }: TeacherOptions, request: TeacherRequest, without: ReadonlySet<Part>): ChatBody {
  return {
    model,
    messages: request.messages,
    // A judge that throws dice disagrees with itself.
    ...(without.has('temperature') ? {} : { temperature: 0 }),
    [without.has('max_tokens') ? 'max_completion_tokens' : 'max_tokens']: request.maxTokens,
    ...(without.has('seed') ? {} : { seed: request.seed }),
    ...responseFormat(request, without),
    ...(logprobs && request.logprobs && !without.has('logprobs') ? { logprobs: true, top_logprobs: ALTERNATIVES } : {}),
  };
}

function responseFormat({ schema }: TeacherRequest, without: ReadonlySet<Part>) {
  if (!without.has('json_schema')) {
    return { response_format: { type: 'json_schema', json_schema: { ...schema, strict: true } } };
  }
  return without.has('json_object') ? {} : { response_format: { type: 'json_object' } };
}

function answerIn({ choices, tokens, calls, filtered }: Completion): TeacherAnswer {
  const [choice] = choices;
  if (!choice) return { text: undefined, finish: filtered ? 'filtered' : 'stop', tokens, calls };
  const logprobs = logprobsOf(choice);
  return {
    text: textOfChoice(choice),
    finish: finishOf(choice),
    ...(logprobs.length > 0 ? { logprobs } : {}),
    tokens,
    calls,
  };
}

function logprobsOf(choice: Choice): TokenLogprob[] {
  return (choice.logprobs?.content ?? []).map(({ token, logprob, top_logprobs }) => ({
    token,
    logprob,
    alternatives: (top_logprobs ?? []).map((alternative) => ({
      token: alternative.token,
      logprob: alternative.logprob,
    })),
  }));
}
