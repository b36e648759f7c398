import { APIError, type OpenAI } from 'openai';
import { z } from 'zod';
import type { Tokens } from '../../core/ports.ts';
import type { Finish } from '../../core/response.ts';
import { type Patience, patiently } from '../patience.ts';
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
  choices: z.array(choiceSchema).nullable(),
  usage: z.looseObject({ prompt_tokens: count, completion_tokens: count }).nullish().catch(null),
});

/** One model behind an endpoint, and what is known of it by now. */
export interface Chat {
  readonly client: OpenAI;
  /** Parts that the endpoint has refused: no request carries them any more. */
  readonly refused: Set<Part>;
  readonly dispensable: readonly Part[];
  readonly patience: Patience | undefined;
}

export interface Completion {
  readonly choices: readonly Choice[];
  readonly tokens: Tokens;
  /** Requests it took: more than one where the endpoint refused a part. Tries that met an overload don't count. */
  readonly calls: number;
  /** The endpoint refused the prompt itself. */
  readonly filtered: boolean;
}

/**
 * One chat completion. Where the endpoint refuses a part of the request (400 or 422 that names it), the part is put
 * into `refused`: the next request is built without it.
 */
export async function completeChat(
  { client, refused, dispensable, patience }: Chat,
  bodyWithout: (refused: ReadonlySet<Part>) => ChatBody,
): Promise<Completion> {
  for (let calls = 1; ; calls++) {
    const body = bodyWithout(refused);
    try {
      const sent = { method: 'post', path: '/chat/completions', body, model: body.model } as const;
      const { choices, usage } = await patiently(() => request(client, sent, completionSchema), patience);
      const tokens = { promptTokens: usage?.prompt_tokens ?? 0, completionTokens: usage?.completion_tokens ?? 0 };
      return { choices: choices ?? [], tokens, calls, filtered: false };
    } catch (error) {
      const refusal = refusalIn(error);
      if (refusal?.code === 'content_filter') return { choices: [], tokens: noTokens, calls, filtered: true };
      const part = dispensable.find((each) => refusal && isIn(body, each) && names(refusal, each));
      if (part === undefined) throw error;
      refused.add(part);
    }
  }
}

export const noTokens: Tokens = { promptTokens: 0, completionTokens: 0 };

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

function refusalIn(error: unknown): APIError | undefined {
  const cause = typeof error === 'object' && error !== null && 'cause' in error ? error.cause : undefined;
  return cause instanceof APIError && (cause.status === 400 || cause.status === 422) ? cause : undefined;
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
  return new RegExp(`(?<![\\w\\\\-])(?:${either})(?![\\w-])`);
}

/** A part that wasn't sent can't be what was refused; so each refusal takes one part away, and asking ends. */
function isIn(body: ChatBody, part: Part): boolean {
  if (part !== 'json_schema' && part !== 'json_object') return part in body;
  const format = body['response_format'];
  return typeof format === 'object' && format !== null && 'type' in format && format.type === part;
}
