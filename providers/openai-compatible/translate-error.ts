import { APIConnectionTimeoutError, APIError, APIUserAbortError, type OpenAI } from 'openai';
import {
  CredentialRefused,
  ProviderAnswerUnreadable,
  ProviderClosed,
  ProviderOverloaded,
  ProviderRejectedRequest,
  RatchetError,
} from '../../core/errors.ts';
import { causeWithoutKey, inBrief, messagesOf, withoutKey } from './redact.ts';
import { retryAfterSeconds } from './retry-after.ts';

const FIX = 'Fix the loop file; sending the same again can not help.';
const WAIT = 'It is tried again later; if that goes on, lower callsAtOnce in the loop file.';

/** LiteLLM says so with status 500 where no key came, and with 400 where it has no database to look one up in. */
const NO_KEY = /No api key passed in/i;
/** llama.cpp answers an image that its model can't read with status 500; it never will. */
const NOT_SUPPORTED = /\bnot supported\b/i;

/** What was asked of whom: enough to say so in an error. */
export interface Call {
  readonly method: 'get' | 'post';
  readonly path: string;
  readonly model?: string | undefined;
}

/** Any failure of a call, as the error that says what its reader can do. The key is in no message and no cause. */
export function translateError(error: unknown, call: Call, client: OpenAI): RatchetError {
  if (error instanceof RatchetError) return error;
  const say = (text: string, remedy: string) => `${placeOf(call, client)} ${clean(text, client)} ${remedy}`;
  // Without its cause: a parser's complaint quotes the body, and a body may hold responses.
  if (nameOf(error) === 'SyntaxError') {
    return new ProviderAnswerUnreadable(say('sent no valid JSON, or only a part of it.', 'Check the base URL.'));
  }

  const options = { cause: causeWithoutKey(error, client.apiKey) };
  if (error instanceof APIError && error.status !== undefined) return errorOfStatus(error, say, options);
  if (isTimeout(error)) {
    const text = `did not answer within ${client.timeout / 1000} s.`;
    return new ProviderOverloaded(say(text, WAIT), { ...options, timedOut: true });
  }
  const remedy = 'Check that it runs and that the base URL is right.';
  return new ProviderOverloaded(say(`could not be reached, or hung up (${messagesOf(error)}).`, remedy), options);
}

/** An answer that arrived but isn't what the API promises. */
export function unreadableAnswer(problem: string, call: Call, client: OpenAI, cause?: unknown): RatchetError {
  const text = `sent an answer that can't be read: ${problem}.`;
  return new ProviderAnswerUnreadable(
    `${placeOf(call, client)} ${clean(text, client)} Check the base URL: is it an OpenAI-compatible endpoint?`,
    { cause: causeWithoutKey(cause, client.apiKey) },
  );
}

function errorOfStatus(
  error: APIError,
  say: (text: string, remedy: string) => string,
  options: ErrorOptions,
): RatchetError {
  const status = error.status as number;
  const text = `answered ${messagesOf(error).replace(/\.$/, '')}.`;
  if (status === 403 && error.code === 'training_not_available') {
    const remedy = 'This account gets no new training jobs there: choose another trainer in the loop file.';
    return new ProviderClosed(say(text, remedy), options);
  }
  if (status === 401 || NO_KEY.test(messagesOf(error)) || error.type === 'no_db_connection') {
    const remedy = 'Check the key in the environment variable that apiKeyEnv names.';
    return new CredentialRefused(say(text, remedy), options);
  }
  if (status === 403) {
    return new CredentialRefused(say(text, 'Give the key the permission it lacks, or use another model.'), options);
  }
  if (status >= 500 && NOT_SUPPORTED.test(messagesOf(error))) {
    return new ProviderRejectedRequest(say(text, FIX), { ...options, status });
  }
  if (status === 408 || status === 409 || status === 429 || status >= 500) {
    const remedy = error.code === 'insufficient_quota' ? 'The credit is used up: add some, then resume the run.' : WAIT;
    const wait = retryAfterSeconds(error.headers, Date.now(), status);
    return new ProviderOverloaded(say(text, remedy), { ...options, retryAfterSeconds: wait, status });
  }
  const remedy = status === 404 ? `Check the model id and the base URL. ${FIX}` : FIX;
  return new ProviderRejectedRequest(say(text, remedy), { ...options, status });
}

/** Without user, password and query: `POST api.openai.com/v1/chat/completions (model gpt-4.1-mini)`. */
function placeOf(call: Call, client: OpenAI): string {
  const base = new URL(client.baseURL);
  const path = base.pathname.replace(/\/$/, '') + call.path;
  const model = call.model === undefined ? '' : ` (model ${call.model})`;
  return withoutKey(`${call.method.toUpperCase()} ${base.host}${path}${model}`, client.apiKey);
}

function clean(text: string, client: OpenAI): string {
  return inBrief(withoutKey(text, client.apiKey));
}

function isTimeout(error: unknown): boolean {
  if (error instanceof APIConnectionTimeoutError || error instanceof APIUserAbortError) return true;
  return ['AbortError', 'TimeoutError'].includes(nameOf(error));
}

function nameOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'name' in error ? String(error.name) : '';
}
