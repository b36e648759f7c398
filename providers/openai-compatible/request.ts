import { APIError, type OpenAI } from 'openai';
import { z } from 'zod';
import { type Call, translateError, unreadableAnswer } from './translate-error.ts';

export interface Request extends Call {
  readonly body?: Readonly<Record<string, unknown>> | FormData | undefined;
  readonly query?: Readonly<Record<string, unknown>> | undefined;
}

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
      signal: overdue.signal,
      maxRetries: 0,
    };
    const answer: unknown = await client[sent.method](sent.path, options);
    // The package parses only what is declared as JSON.
    return typeof answer === 'string' ? JSON.parse(answer) : answer;
  } catch (error) {
    throw translateError(error, sent, client);
  } finally {
    clearTimeout(timer);
  }
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
