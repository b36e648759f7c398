import { APIError, type OpenAI } from 'openai';
import * as z from 'zod';
import type { Tokens } from '../../core/ports.ts';
import type { Finish } from '../../core/response.ts';
import type { ModelCalls } from '../call-engine/model-calls.ts';
import { estimatedTokens } from './estimate-tokens.ts';
import { ratesIn } from './rate-headers.ts';
import { request } from './request.ts';

/** Parts of a request that some endpoints refuse, and that we can do without. */
export type Part = 'n' | 'seed' | 'logprobs' | 'temperature' | 'max_tokens' | 'json_schema' | 'json_object';

export interface ChatBody extends Readonly<Record<string, unknown>> {
  readonly model: string;
}

const tokenLogprobSchema = z.looseObject({ token: z.string(), logprob: z.number() });
const partSchema = z.looseObject({ text: z.string().nullish() });
const choiceSchema = z.looseObject({
  finish_reason: z.string().nullish(),
  message: z.looseObject({
    content: z.union([z.string(), z.array(partSchema)]).nullish(),
    refusal: z.string().nullish(),
  }),
  // Nobody fails for want of log-probabilities: other shapes of them (Together's, say) count as none.
  logprobs: z
    .looseObject({
      content: z.array(tokenLogprobSchema.extend({ top_logprobs: z.array(tokenLogprobSchema).nullish() })),
    })
    .nullish()
    .catch(null),
});
export type Choice = z.infer<typeof choiceSchema>;

const count = z.int().min(0).nullish().catch(null);
const completionSchema = z.looseObject({
  model: z.string().nullish().catch(null),
  choices: z.array(choiceSchema).nullable(),
  usage: z.looseObject({ prompt_tokens: count, completion_tokens: count }).nullish().catch(null),
});

/** One model behind an endpoint, and what is known of it by now. */
export interface Chat {
  readonly client: OpenAI;
  /** Parts that the endpoint has refused: no request carries them any more. */
  readonly refused: Set<Part>;
  readonly dispensable: readonly Part[];
  readonly calls: ModelCalls;
}

export interface Completion {
  readonly choices: readonly Choice[];
  readonly tokens: Tokens;
  /** Requests it took: more than one where the endpoint refused a part, or a hedge was sent. Tries that met an overload don't count. */
  readonly calls: number;
  /** The model that the endpoint says has answered. */
  readonly servedBy?: string | undefined;
  /** The endpoint refused the prompt itself. */
  readonly filtered: boolean;
}

/**
 * One chat completion. Where the endpoint refuses a part of the request (400, 403 or 422 that names it), the part is put
 * into `refused`: the next request is built without it.
 */
export async function completeChat(
  { client, refused, dispensable, calls: modelCalls }: Chat,
  tokensAhead: number,
  bodyWithout: (refused: ReadonlySet<Part>) => ChatBody,
): Promise<Completion> {
  for (let calls = 0; ; calls++) {
    const body = bodyWithout(refused);
    const answered: Tokens[] = [];
    try {
      const { value, sent } = await modelCalls.make(
        tokensAhead,
        async (signal, learn) => {
          const onHeaders = (headers: Headers) => learn(ratesIn(headers));
          const sent = {
            method: 'post',
            path: '/chat/completions',
            body,
            model: body.model,
            signal,
            onHeaders,
          } as const;
          const completion = await request(client, sent, completionSchema);
          const tokens = tokensOf(completion, body);
          answered.push(tokens);
          return { value: { completion, tokens }, tokens: tokens.promptTokens + tokens.completionTokens };
        },
        hasNoChoices,
      );
      const { choices, model: servedBy } = value.completion;
      const served = servedBy && servedBy !== body.model ? { servedBy } : {};
      // What an answer cost that could not be read, or that nobody waited for, is not known: as much as this one, then.
      const unknown = Array.from({ length: Math.max(0, sent - answered.length) }, () => value.tokens);
      const tokens = sumOfTokens([...answered, ...unknown]);
      return { choices: choices ?? [], tokens, calls: calls + sent, filtered: false, ...served };
    } catch (error) {
      const refusal = refusalIn(error);
      if (refusal && isFilter(refusal)) return { choices: [], tokens: noTokens, calls: calls + 1, filtered: true };
      const part = dispensable.find((each) => refusal && isIn(body, each) && names(refusal, each));
      if (part === undefined) throw error;
      refused.add(part);
    }
  }
}

function hasNoChoices({ completion }: { readonly completion: z.infer<typeof completionSchema> }): boolean {
  return (completion.choices ?? []).length === 0;
}

export const noTokens: Tokens = { promptTokens: 0, completionTokens: 0 };

function sumOfTokens(all: readonly Tokens[]): Tokens {
  return {
    promptTokens: all.reduce((sum, { promptTokens }) => sum + promptTokens, 0),
    completionTokens: all.reduce((sum, { completionTokens }) => sum + completionTokens, 0),
  };
}

/** As the endpoint reports them; by the length of the texts where it doesn't, so that no limit is passed unseen. */
function tokensOf({ choices, usage }: z.infer<typeof completionSchema>, body: ChatBody): Tokens {
  const promptTokens = usage?.prompt_tokens ?? estimatedTokens(JSON.stringify(body['messages']));
  const written = () => (choices ?? []).reduce((sum, choice) => sum + estimatedTokens(textOfChoice(choice)), 0);
  return { promptTokens, completionTokens: usage?.completion_tokens ?? written() };
}

/** What the choice says; a refusal's words where there is nothing else. */
export function textOfChoice({ message }: Choice): string {
  const content = Array.isArray(message.content)
    ? message.content.map((part) => part.text ?? '').join('')
    : message.content;
  return content || message.refusal || '';
}

export function finishOf(choice: Choice): Finish {
  if (choice.message.refusal) return 'refusal';
  switch (choice.finish_reason) {
    case 'length':
      return 'length';
    case 'content_filter':
      return 'filtered';
    case 'refusal':
      return 'refusal';
    default:
      return 'stop';
  }
}

/** 403 too: OpenAI's reasoning models forbid logprobs so. One that names no part that we can do without is final all the same. */
const REFUSALS: readonly (number | undefined)[] = [400, 403, 422];

function refusalIn(error: unknown): APIError | undefined {
  const cause = typeof error === 'object' && error !== null && 'cause' in error ? error.cause : undefined;
  return cause instanceof APIError && REFUSALS.includes(cause.status) ? cause : undefined;
}

/** Gateways keep the words of a filter, and lose its code. */
const FILTERED = /ContentPolicyViolationError|content management policy/;

function isFilter({ code, message }: APIError): boolean {
  return code === 'content_filter' || FILTERED.test(message);
}

/** Which words in a refusal mean a part. */
const wordsFor: Readonly<Record<Part, RegExp>> = {
  n: word('n'),
  seed: word('seed'),
  logprobs: word('logprobs|top_logprobs'),
  temperature: word('temperature'),
  // Only where the endpoint names the successor: "max_tokens is too large" is for the user to fix.
  max_tokens: word('max_completion_tokens'),
  json_schema: word('response_format|json_schema|json_object'),
  json_object: word('response_format|json_schema|json_object'),
};

function names(refusal: APIError, part: Part): boolean {
  return wordsFor[part].test(`${refusal.param ?? ''} ${refusal.message}`);
}

function word(either: string): RegExp {
  return new RegExp(`(?<![\\w\\\\-])(?:${either})(?![\\w-])`, 'i');
}

/** A part that wasn't sent can't be what was refused; so each refusal takes one part away, and asking ends. */
function isIn(body: ChatBody, part: Part): boolean {
  if (part !== 'json_schema' && part !== 'json_object') return part in body;
  const format = body['response_format'];
  return typeof format === 'object' && format !== null && 'type' in format && format.type === part;
}
