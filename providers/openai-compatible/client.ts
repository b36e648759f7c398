import { APIError, OpenAI } from 'openai';
import { leanFetch } from './lean-fetch.ts';

export interface EndpointOptions {
  /** Such as https://api.openai.com/v1 or http://127.0.0.1:11434/v1. */
  readonly baseURL: string;
  /** The key itself; undefined for an endpoint that asks for none. */
  readonly apiKey?: string | undefined;
  /** For one whole request, its answer's body included. */
  readonly timeoutSeconds?: number | undefined;
  readonly fetch?: typeof fetch | undefined;
}

/**
 * The client of one endpoint. It never retries: the workflow does, after looking whether the first try did its work.
 * Everything that the openai package would take from the environment is given here, so that nothing is.
 */
export function openaiClient(options: EndpointOptions): OpenAI {
  return new EndpointClient({
    baseURL: options.baseURL,
    // The package insists on a key; without one the header that would carry it is left out.
    apiKey: options.apiKey ?? 'none',
    ...(options.apiKey === undefined ? { defaultHeaders: { Authorization: null } } : {}),
    adminAPIKey: null,
    organization: null,
    project: null,
    webhookSecret: null,
    // 5 minutes: a slow local model that writes 16 long responses, and still a third of a Lambda's life.
    timeout: (options.timeoutSeconds ?? 300) * 1000,
    maxRetries: 0,
    logLevel: 'off',
    fetch: options.fetch ?? leanFetch,
  });
}

/** The parts of an error body that are the endpoint's own words. The others may repeat a prompt, as FastAPI's `input` does. */
const OWN_WORDS = ['error', 'errors', 'message', 'detail', 'msg', 'loc', 'code', 'param', 'type'];

/**
 * The openai package reads only `{"error": {…}}` and loses every other error body. Endpoints also send
 * `{"error": "…"}` (Ollama), `{"detail": …}` (FastAPI), `{"message": …}`, and `[{"error": {…}}]` (Gemini).
 */
class EndpointClient extends OpenAI {
  protected override makeStatusError(status: number, body: object, message: string | undefined, headers: Headers) {
    const sent: unknown = Array.isArray(body) ? body[0] : body;
    const error: unknown = JSON.parse(JSON.stringify(errorIn(sent), OWN_WORDS));
    return APIError.generate(status, sent ? { error } : undefined, message, headers);
  }
}

function errorIn(body: unknown): unknown {
  if (typeof body !== 'object' || body === null) return { message: body };
  if ('error' in body && typeof body.error === 'object' && body.error !== null) return body.error;
  if ('message' in body) return body;
  if ('error' in body) return { message: body.error };
  return { message: 'detail' in body ? body.detail : body };
}
