import { APIError, type ClientOptions, OpenAI } from 'openai';
import { RatchetError } from '../../core/errors.ts';
import { leanFetch } from './lean-fetch.ts';
import { withoutKey } from './redact.ts';

/**
 * The key to use now: asked for before each request. Asked again with a key that the endpoint has refused (401), it gives a
 * newer one, or the same where there is none. What it throws is a RatchetError, and is thrown to the caller as it is.
 */
export type ChangingKey = (refused?: string) => Promise<string>;

export interface EndpointOptions {
  /** Such as https://api.openai.com/v1 or http://127.0.0.1:11434/v1. */
  readonly baseURL: string;
  /** The key itself, or a function where it may change; undefined for an endpoint that asks for none. */
  readonly apiKey?: string | ChangingKey | undefined;
  /** Where the key comes from, for whoever reads that it was refused: `the key in the secret ratchet/openai`. */
  readonly keyPlace?: string | undefined;
  /** For one whole request, its answer's body included. */
  readonly timeoutSeconds?: number | undefined;
  readonly fetch?: typeof fetch | undefined;
}

/**
 * The client of one endpoint. It never retries: the workflow does, after looking whether the first try did its work.
 * Everything that the openai package would take from the environment is given here, so that nothing is.
 */
export function openaiClient(options: EndpointOptions): OpenAI {
  const settings = {
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
  } as const;
  return new EndpointClient(settings, options);
}

/** The parts of an error body that are the endpoint's own words. The others may repeat a prompt, as FastAPI's `input` does. */
const OWN_WORDS = ['error', 'errors', 'message', 'detail', 'msg', 'loc', 'code', 'param', 'type'];

/**
 * The openai package reads only `{"error": {…}}` and loses every other error body. Endpoints also send
 * `{"error": "…"}` (Ollama), `{"detail": …}` (FastAPI), `{"message": …}`, and `[{"error": {…}}]` (Gemini).
 */
class EndpointClient extends OpenAI {
  readonly #changingKey: ChangingKey | undefined;
  readonly #keyPlace: string | undefined;
  /** All that were used: an answer may still repeat one that has been replaced. */
  readonly #keys = new Set<string>();
  /** Why there was no new key, by the headers of the answer that refused the old one. */
  readonly #notRenewed = new WeakMap<Headers, unknown>();

  constructor(settings: ClientOptions, { apiKey, keyPlace }: EndpointOptions) {
    super(settings);
    this.#changingKey = typeof apiKey === 'function' ? apiKey : undefined;
    this.#keyPlace = keyPlace;
  }

  protected override async bearerAuth(options: Parameters<OpenAI['bearerAuth']>[0]) {
    try {
      return await super.bearerAuth(options);
    } catch (error) {
      // The package wraps what the function throws, which says already what to do.
      throw error instanceof Error && error.cause instanceof RatchetError ? error.cause : error;
    } finally {
      if (this.apiKey !== null) this.#keys.add(this.apiKey);
    }
  }

  /** A key that was replaced at the endpoint is fetched anew, and the request sent once more: a 401 has done nothing. */
  protected override async fetchWithAuth(...request: Parameters<OpenAI['fetchWithAuth']>) {
    const [url, init, ...others] = request;
    const response = await super.fetchWithAuth(...request);
    if (response.status !== 401 || this.#changingKey === undefined) return response;
    const headers = new Headers(init.headers as Headers);
    const refused = (headers.get('authorization') ?? '').replace(/^Bearer /, '');
    const key = await this.#changingKey(refused).catch((error: unknown) => {
      // Thrown from here it would look like a broken connection.
      this.#notRenewed.set(response.headers, error);
      return refused;
    });
    if (key === refused) return response;
    this.apiKey = key;
    this.#keys.add(key);
    headers.set('authorization', `Bearer ${key}`);
    // Read to its end, so that its connection is free again.
    await response.text();
    return super.fetchWithAuth(url, { ...init, headers }, ...others);
  }

  protected override makeStatusError(status: number, body: object, message: string | undefined, headers: Headers) {
    if (this.#notRenewed.has(headers)) throw this.#notRenewed.get(headers);
    const sent: unknown = Array.isArray(body) ? body[0] : body;
    const error: unknown = JSON.parse(this.#clean(JSON.stringify(errorIn(sent), OWN_WORDS)));
    const told = new Headers([...headers].map(([name, value]) => [name, this.#clean(value)]));
    const made = APIError.generate(status, sent ? { error } : undefined, message && this.#clean(message), told);
    if (this.#keyPlace !== undefined && (status === 401 || status === 403)) {
      made.message = `to ${this.#keyPlace}: ${made.message}`;
    }
    return made;
  }

  #clean(text: string): string {
    return [...this.#keys].reduce(withoutKey, text);
  }
}

function errorIn(body: unknown): unknown {
  if (typeof body !== 'object' || body === null) return { message: body };
  if ('error' in body && typeof body.error === 'object' && body.error !== null) return body.error;
  if ('message' in body) return body;
  if ('error' in body) return { message: body.error };
  return { message: 'detail' in body ? body.detail : body };
}
