import type { IncomingMessage, ServerResponse } from 'node:http';
import { ApiError } from './api-error.ts';

/** The OpenAI file limit. */
const mostBytes = 512 * 2 ** 20;

/** What a route gets. */
export interface Call {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
  /** Aborted when the client goes away or the server closes. */
  readonly signal: AbortSignal;
}

/** What a route answers: JSON, bytes, or a connection that closes without a word. */
export type Answer =
  | {
      readonly kind: 'json';
      readonly body: unknown;
      readonly status?: number;
      readonly headers?: Record<string, string>;
    }
  | { readonly kind: 'bytes'; readonly body: Uint8Array }
  | { readonly kind: 'hang-up' };

export const json = (body: unknown): Answer => ({ kind: 'json', body });

/** A route: `POST /v1/files/:id`; the values of `:names` come in order. */
export interface Route {
  readonly pattern: string;
  readonly answer: (call: Call, ...values: string[]) => Promise<Answer> | Answer;
}

export async function dispatch(routes: readonly Route[], call: Call): Promise<Answer> {
  for (const { pattern, answer } of routes) {
    const values = match(pattern, `${call.method} ${call.path}`);
    if (values) return answer(call, ...values);
  }
  throw new ApiError(404, `Invalid URL (${call.method} ${call.path})`, { code: 'unknown_url' });
}

export function send(response: ServerResponse, answer: Answer): void {
  if (response.destroyed) return;
  switch (answer.kind) {
    case 'json':
      response.writeHead(answer.status ?? 200, { 'content-type': 'application/json', ...answer.headers });
      response.end(JSON.stringify(answer.body));
      return;
    case 'bytes':
      response.writeHead(200, { 'content-type': 'application/octet-stream' });
      response.end(answer.body);
      return;
    case 'hang-up':
      response.destroy();
  }
}

export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request) {
    size += (part as Buffer).length;
    if (size > mostBytes) throw new ApiError(413, 'The request is larger than 512 MB.');
    parts.push(part as Buffer);
  }
  return Buffer.concat(parts);
}

export function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    throw new ApiError(400, 'We could not parse the JSON body of your request.');
  }
}

/** One page of a list, OpenAI's way: `after` names the last object of the page before. */
export function page<T extends { readonly id: string }>(items: readonly T[], query: URLSearchParams): Answer {
  const limit = Math.min(Math.max(1, Number(query.get('limit') ?? 20) || 20), 10_000);
  const after = query.get('after');
  const start = after === null ? 0 : items.findIndex(({ id }) => id === after) + 1;
  if (after !== null && start === 0) throw new ApiError(400, `No object ${after} in this list.`, { param: 'after' });
  const data = items.slice(start, start + limit);
  return json({
    object: 'list',
    data,
    has_more: start + limit < items.length,
    first_id: data[0]?.id ?? null,
    last_id: data.at(-1)?.id ?? null,
  });
}

/** Path segments are matched decoded; a `:name` matches one segment. */
function match(pattern: string, target: string): string[] | undefined {
  const [wanted, given] = [pattern.split('/'), target.split('/')];
  if (wanted.length !== given.length) return undefined;
  const values: string[] = [];
  for (const [index, part] of wanted.entries()) {
    if (part.startsWith(':')) values.push(decodeURIComponent(given[index] as string));
    else if (part !== given[index]) return undefined;
  }
  return values;
}
