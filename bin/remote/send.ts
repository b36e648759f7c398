import { setTimeout as pause } from 'node:timers/promises';
import { ProviderAnswerUnreadable } from '../../core/errors.ts';
import { apiAddress } from './api-address.ts';
import { awsFailure } from './aws-failure.ts';
import type { FoundStack } from './find-stack.ts';
import { type Asked, isPassing, refusalOf } from './refusal.ts';
import { type SignedFetch, signedFetch } from './signed-fetch.ts';

export interface ApiRequest extends Asked {
  readonly method: 'GET' | 'POST';
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly body?: unknown;
  /** Names the request, so that it may be sent again. */
  readonly idempotencyKey?: string;
}

/** Gives the JSON that the API answers. */
export type Send = (request: ApiRequest) => Promise<unknown>;

/** Waits between 4 tries: 3.5 s in all, or as long as the API says, at most 10 s each. */
const WAITS_MS = [500, 1_000, 2_000];
const LONGEST_WAIT_MS = 10_000;

/**
 * Sends requests to the API of a stack. What may be sent twice, a GET or a POST with an idempotency key, is tried again where
 * the API is busy or away; any other POST is sent once. Throws InvalidInput, LoopBusy, CredentialRefused,
 * ProviderRejectedRequest, ProviderOverloaded, ProviderAnswerUnreadable.
 */
export function sendTo(
  stack: FoundStack,
  endpoint: string | undefined,
  fetchSigned: SignedFetch = signedFetch(stack.region),
): Send {
  const base = apiAddress(stack.apiUrl, endpoint);
  return async (request) => {
    const mayRepeat = request.method === 'GET' || request.idempotencyKey !== undefined;
    for (const wait of mayRepeat ? WAITS_MS : []) {
      const sent = await sendOnce(request);
      if ('answer' in sent) return sent.answer;
      if (!sent.isPassing) throw sent.failure;
      await pause(sent.waitMs ?? wait);
    }
    const last = await sendOnce(request);
    if ('answer' in last) return last.answer;
    throw last.failure;
  };

  async function sendOnce(request: ApiRequest): Promise<Sent> {
    const { method } = request;
    try {
      const response = await fetchSigned(urlOf(base, request), {
        method,
        headers: {
          accept: 'application/json',
          ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(request.idempotencyKey === undefined ? {} : { 'idempotency-key': request.idempotencyKey }),
        },
        body: request.body === undefined ? undefined : JSON.stringify(request.body),
      });
      const text = await response.text();
      if (response.ok) return { answer: jsonIn(stack, request, text) };
      const failure = refusalOf(stack, request, response.status, text);
      return { failure, isPassing: isPassing(response.status), waitMs: waitIn(response) };
    } catch (cause) {
      if (cause instanceof ProviderAnswerUnreadable) throw cause;
      const failure = awsFailure(`reach the API of the stack ${stack.name}`, 'execute-api:Invoke', reasonOf(cause));
      return { failure, isPassing: failure.name === 'ProviderOverloaded', waitMs: undefined };
    }
  }
}

type Sent =
  | { readonly answer: unknown }
  | { readonly failure: Error; readonly isPassing: boolean; readonly waitMs: number | undefined };

function urlOf(base: string, { path, query = {} }: ApiRequest): URL {
  const url = new URL(base + path.slice(1));
  for (const [name, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(name, String(value));
  return url;
}

function waitIn(response: Response): number | undefined {
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
  return Number.isFinite(seconds) ? Math.min(seconds * 1000, LONGEST_WAIT_MS) : undefined;
}

function jsonIn({ name }: FoundStack, { method, path }: Asked, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ProviderAnswerUnreadable(`The API of the stack ${name} answers ${method} ${path} with no JSON.`, {
      cause,
    });
  }
}

/** `fetch failed` says nothing; its cause does. */
function reasonOf(error: unknown): unknown {
  return error instanceof TypeError && error.cause !== undefined ? error.cause : error;
}
