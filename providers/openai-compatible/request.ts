import { APIError, type OpenAI } from 'openai';
import * as z from 'zod';
import { LeanResponse } from './lean-fetch.ts';
import { type Call, translateError, unreadableAnswer } from './translate-error.ts';

export interface Request extends Call {
  readonly body?: Readonly<Record<string, unknown>> | FormData | undefined;
  readonly query?: Readonly<Record<string, unknown>> | undefined;
  /** Gives the request up. */
  readonly signal?: AbortSignal | undefined;
  /** Told the headers of every answer, of refusals too. */
  readonly onHeaders?: ((headers: Headers) => void) | undefined;
}

/** 16 responses of 128,000 tokens with their log-probabilities come to about this; what is larger is no answer. */
const LARGEST_BODY_BYTES = 64 * 1024 * 1024;

/** One request, one answer that fits the schema, or one of our named errors. Nothing is ever sent twice. */
export async function request<T>(client: OpenAI, sent: Request, schema: z.ZodType<T>): Promise<T> {
  const answer = await answerTo(client, sent);
  const read = schema.safeParse(answer);
  if (read.success) return read.data;
  const hidden = errorInside(answer);
  if (hidden) throw translateError(hidden, sent, client);
  // Paths and types, never the body's text: errors go to the state and the log, where no response belongs.
  throw unreadableAnswer(`${sizeOf(answer)}, ${z.prettifyError(read.error)}`, sent, client, read.error);
}

async function answerTo(client: OpenAI, sent: Request): Promise<unknown> {
  // The package's own time-out ends with the headers; a body that never ends would hang the step.
  const overdue = new AbortController();
  const timer = setTimeout(() => overdue.abort(), client.timeout);
  try {
    const options = {
      body: sent.body,
      query: sent.query as Record<string, unknown>,
      signal: sent.signal ? AbortSignal.any([overdue.signal, sent.signal]) : overdue.signal,
      maxRetries: 0,
    };
    const response = await client[sent.method](sent.path, options).asResponse();
    sent.onHeaders?.(response.headers);
    const body = await bodyOf(response);
    if (body === undefined) throw unreadableAnswer('it is larger than 64 MiB', sent, client);
    // Whatever it is declared as: some endpoints send JSON as text/plain.
    return JSON.parse(body);
  } catch (error) {
    if (error instanceof APIError && error.headers) sent.onHeaders?.(error.headers);
    // A body that we gave up looks like a connection that broke.
    throw translateError(overdue.signal.aborted ? overdue.signal.reason : error, sent, client);
  } finally {
    clearTimeout(timer);
  }
}

/** Undefined for one that is too large: the rest of it is not read. */
async function bodyOf(response: Response | LeanResponse): Promise<string | undefined> {
  if (response instanceof LeanResponse) return response.textUpTo(LARGEST_BODY_BYTES);
  if (Number(response.headers.get('content-length')) > LARGEST_BODY_BYTES) {
    await response.body?.cancel();
    return undefined;
  }
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  // Leaving the loop early cancels the body.
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > LARGEST_BODY_BYTES) return undefined;
    chunks.push(chunk);
  }
  return new TextDecoder().decode(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks));
}

/** Strips the rest, which may hold the whole upstream answer. */
const errorBody = z.object({
  error: z.object({ message: z.string(), code: z.coerce.number().min(400).max(599) }),
});

/** Gateways send an upstream's failure as an answer with status 200 and the real status inside. */
function errorInside(answer: unknown): APIError | undefined {
  const read = errorBody.safeParse(answer);
  return read.success ? APIError.generate(read.data.error.code, read.data, undefined, new Headers()) : undefined;
}

function sizeOf(answer: unknown): string {
  const json = JSON.stringify(answer);
  return json === undefined ? 'an empty body' : `${json.length} characters of JSON`;
}
