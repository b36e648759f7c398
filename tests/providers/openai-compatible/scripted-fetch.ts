import type { OpenAI } from 'openai';
import { type EndpointOptions, openaiClient } from '../../../providers/openai-compatible/client.ts';
import type { Failure } from '../failures.ts';

export const KEY = 'sk-test-4f9a1c0e7b';

/** What the endpoint sends: JSON, or text of some type, or a failure on the way; `never` waits until it is given up. */
export interface Reply {
  readonly status?: number;
  readonly json?: unknown;
  readonly text?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly fails?: Error;
  readonly never?: boolean;
}

export interface Sent {
  readonly method: string;
  readonly url: URL;
  readonly headers: Headers;
  /** JSON where it was JSON, form fields where it was a form. */
  readonly body: unknown;
}

/** An endpoint in place of the network: sends one reply after the other, and throws when it has none left. */
export class ScriptedFetch {
  readonly sent: Sent[] = [];
  readonly #replies: Reply[];

  constructor(...replies: readonly Reply[]) {
    this.#replies = [...replies];
  }

  get bodies(): unknown[] {
    return this.sent.map((sent) => sent.body);
  }

  client(options: Partial<EndpointOptions> = {}): OpenAI {
    return openaiClient({ baseURL: 'https://models.example/v1', apiKey: KEY, fetch: this.fetch, ...options });
  }

  readonly fetch: typeof fetch = async (input, init) => {
    this.sent.push({
      method: init?.method ?? 'GET',
      url: new URL(String(input)),
      headers: new Headers(init?.headers),
      body: await bodyIn(init?.body),
    });
    const reply = this.#replies.shift();
    if (!reply) throw new Error(`Unscripted: request ${this.sent.length}, ${init?.method} ${String(input)}`);
    if (reply.fails) throw reply.fails;
    if (reply.never) await givenUp(init?.signal);
    return responseOf(reply);
  };
}

export function responseOf(reply: Reply): Response {
  const type = reply.json === undefined ? 'text/html' : 'application/json';
  const body = reply.json === undefined ? (reply.text ?? '') : JSON.stringify(reply.json);
  return new Response(body, { status: reply.status ?? 200, headers: { 'content-type': type, ...reply.headers } });
}

/** An error as OpenAI sends it. */
export function refusal(status: number, error: Readonly<Record<string, unknown>>, headers = {}): Reply {
  return { status, json: { error: { type: 'invalid_request_error', param: null, code: null, ...error } }, headers };
}

/** How each failure of the contracts looks on the wire. */
export function replyFor(failure: Failure): Reply {
  switch (failure.of) {
    case 'the overload':
      return refusal(429, { message: 'Slow down' }, { 'retry-after': '3' });
    case 'the refusal':
      return refusal(400, { message: 'That is not how it works' });
    case 'the closed door':
      return refusal(401, { message: `Incorrect API key provided: ${KEY}` });
    case 'the nonsense':
      return { text: '{"choices": [', headers: { 'content-type': 'application/json' } };
  }
}

async function bodyIn(body: unknown): Promise<unknown> {
  if (typeof body === 'string') return JSON.parse(body);
  if (!(body instanceof FormData)) return body;
  const fields: Record<string, unknown> = {};
  for (const [name, value] of body.entries()) {
    fields[name] = typeof value === 'string' ? value : { name: value.name, type: value.type, text: await value.text() };
  }
  return fields;
}

function givenUp(signal: AbortSignal | null | undefined): Promise<never> {
  return new Promise((_, reject) => {
    signal?.addEventListener('abort', () => reject(new DOMException('This operation was aborted', 'AbortError')));
  });
}
