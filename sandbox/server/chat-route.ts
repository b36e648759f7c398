import { z } from 'zod';
import { contentHash } from '../../core/random.ts';
import { split } from '../support-desk/vocabulary.ts';
import { ApiError, modelNotFound } from './api-error.ts';
import { type ChatModel, ChatRefusal, type ChatRequest, type ChatResult, chatText } from './chat-model.ts';
import { delay, type FaultPlan, faultAt } from './faults.ts';
import type { FindModel } from './graders.ts';
import { type Answer, type Call, json, parseJson, type Route } from './http.ts';

const part = z.union([
  z.looseObject({ type: z.literal('text'), text: z.string() }),
  z.looseObject({ type: z.literal('image_url'), image_url: z.looseObject({ url: z.string() }) }),
]);
const requestSchema = z.looseObject({
  model: z.string(),
  messages: z
    .array(
      z.looseObject({
        role: z.enum(['system', 'developer', 'user', 'assistant']),
        content: z.union([z.string(), z.array(part)]),
      }),
    )
    .min(1),
  n: z.int().min(1).max(128).nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  seed: z.int().nullish(),
  max_tokens: z.int().min(1).nullish(),
  max_completion_tokens: z.int().min(1).nullish(),
  stop: z.union([z.string(), z.array(z.string()).max(4)]).nullish(),
  logprobs: z.boolean().nullish(),
  top_logprobs: z.int().min(0).max(20).nullish(),
  response_format: z.looseObject({ type: z.string() }).nullish(),
  stream: z.literal(false, 'the sandbox does not stream').nullish(),
});

/** `POST /v1/chat/completions`, for every model on the server, with the faults planned for it. */
export function chatRoute(find: FindModel, faults: Readonly<Record<string, FaultPlan>>): Route {
  const calls = new Map<string, number>();
  return {
    pattern: 'POST /v1/chat/completions',
    async answer(call) {
      const request = readRequest(call);
      const model = await find(request.model);
      if (!model) throw modelNotFound(request.model);
      const callIndex = calls.get(model.id) ?? 0;
      calls.set(model.id, callIndex + 1);
      const fault = faultAt(faults[model.id], model.id, callIndex);
      switch (fault.kind) {
        case 'none':
          await delay(fault.delayMilliseconds, call.signal);
          return respond(model, request, { signal: call.signal, callIndex });
        case 'too-many-requests':
          return tooManyRequests(fault.retryAfterSeconds);
        case 'server-error':
          throw new ApiError(fault.status, 'The server had an error while processing your request (planted).');
        case 'dropped':
          return { kind: 'hang-up' };
      }
    },
  };
}

function readRequest(call: Call): ChatRequest {
  const parsed = requestSchema.safeParse(parseJson(call.body));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const param = issue?.path.join('.') ?? null;
    throw new ApiError(400, `Invalid value for '${param}': ${issue?.message}`, { code: 'invalid_value', param });
  }
  // On the wire null means absent.
  return Object.fromEntries(Object.entries(parsed.data).filter(([, value]) => value !== null)) as ChatRequest;
}

async function respond(
  model: ChatModel,
  request: ChatRequest,
  context: Parameters<ChatModel['respond']>[1],
): Promise<Answer> {
  try {
    return json(completion(request, await model.respond(request, context)));
  } catch (cause) {
    if (!(cause instanceof ChatRefusal)) throw cause;
    const { body } = new ApiError(cause.status, cause.message, { code: cause.code });
    return { kind: 'json', status: cause.status, headers: { ...cause.headers }, body };
  }
}

function completion(request: ChatRequest, result: ChatResult): unknown {
  const promptTokens = result.usage?.promptTokens ?? count(request.messages.map(chatText));
  const completionTokens = result.usage?.completionTokens ?? count(result.choices.map(({ content }) => content));
  return {
    id: `chatcmpl-${contentHash(JSON.stringify([request, result])).slice(0, 24)}`,
    object: 'chat.completion',
    created: Math.floor(Date.now() / 1000),
    model: request.model,
    choices: result.choices.map((choice, index) => ({
      index,
      message: {
        role: 'assistant',
        content: choice.refusal === undefined ? choice.content : null,
        refusal: choice.refusal ?? null,
      },
      finish_reason: choice.finishReason,
      logprobs: choice.logprobs ? { content: choice.logprobs.map(withBytes), refusal: null } : null,
    })),
    usage: {
      prompt_tokens: promptTokens,
      completion_tokens: completionTokens,
      total_tokens: promptTokens + completionTokens,
    },
    system_fingerprint: 'sandbox',
  };
}

function withBytes(token: NonNullable<ChatResult['choices'][number]['logprobs']>[number]): unknown {
  const bytes = (text: string): number[] => [...Buffer.from(text)];
  return {
    ...token,
    bytes: bytes(token.token),
    top_logprobs: token.top_logprobs.map((one) => ({ ...one, bytes: bytes(one.token) })),
  };
}

function tooManyRequests(retryAfterSeconds: number): Answer {
  const { status, body } = new ApiError(429, 'Rate limit reached (planted).', { code: 'rate_limit_exceeded' });
  const headers = {
    'retry-after': String(Math.ceil(retryAfterSeconds)),
    'retry-after-ms': String(Math.round(retryAfterSeconds * 1000)),
  };
  return { kind: 'json', status, headers, body };
}

/** Words and marks: near enough to tokens for accounts. */
function count(texts: readonly string[]): number {
  return texts.reduce((sum, text) => sum + split(text).length, 0);
}
