import { inspect } from 'node:util';

/** Long enough for an endpoint's own words, short enough for a log line that someone reads. */
const LONGEST_DETAIL = 400;
/** Placeholders such as `none` or `ollama` are no secrets, and may stand in a message for other reasons. */
const SHORTEST_SECRET = 8;

/** Some endpoints repeat the key they refuse; it must not reach a log, a report or a console by way of an error. */
export function withoutKey(text: string, key: string | null): string {
  return key && key.length >= SHORTEST_SECRET ? text.replaceAll(key, '[key]') : text;
}

/** On one line and not too long. Take the key out first: cut in two it would not be found. */
export function inBrief(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ');
  return line.length > LONGEST_DETAIL ? `${line.slice(0, LONGEST_DETAIL)}…` : line;
}

/** The error itself where no printing of it could show the key; otherwise a plain one with what is safe to say. */
export function causeWithoutKey(error: unknown, key: string | null): unknown {
  const printed = inspect(error, { depth: 10, showHidden: true, maxStringLength: null, maxArrayLength: null });
  return withoutKey(printed, key) === printed ? error : new Error(withoutKey(messagesOf(error), key));
}

/** What an error and its causes say: `Connection error.: fetch failed: connect ECONNREFUSED 127.0.0.1:1`. */
export function messagesOf(error: unknown): string {
  const messages: string[] = [];
  for (let current = error; isErrorLike(current) && messages.length < 5; current = current.cause) {
    // Refused on both IPv4 and IPv6, a connection has a code and no message.
    messages.push(current.message || String(current.code ?? ''));
  }
  return messages.filter((message) => message !== '').join(': ') || String(error);
}

/** By shape: errors of Node's own modules are no `instanceof Error` where the code runs in a context of its own. */
function isErrorLike(value: unknown): value is { message: string; cause?: unknown; code?: unknown } {
  return typeof value === 'object' && value !== null && 'message' in value && typeof value.message === 'string';
}
