import { inspect, types } from 'node:util';

/** Long enough for an endpoint's own words, short enough for a log line that someone reads. */
const LONGEST_DETAIL = 400;
/** Placeholders such as `none` or `ollama` are no secrets, and may stand in a message for other reasons. */
const SHORTEST_SECRET = 8;

/** Some endpoints repeat the key they refuse; it must not reach a log, a report or a console by way of an error. */
export function withoutKey(text: string, key: string | null): string {
  return isSecret(key) ? text.replaceAll(key, '[key]') : text;
}

function isSecret(key: string | null): key is string {
  return key !== null && key.length >= SHORTEST_SECRET;
}

/** On one line and not too long. Take the key out first: cut in two it would not be found. */
export function inBrief(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ');
  return line.length > LONGEST_DETAIL ? `${line.slice(0, LONGEST_DETAIL)}…` : line;
}

/** The error itself where no printing of it could show the key; otherwise a plain one with what is safe to say. */
export function causeWithoutKey(error: unknown, key: string | null): unknown {
  return isSecret(key) && stands(key, error) ? new Error(withoutKey(messagesOf(error), key)) : error;
}

/** Whether a text stands anywhere in a value: in properties that are hidden too, and as deep as they go. */
function stands(text: string, value: unknown): boolean {
  const seen = new Set<unknown>();
  const left = [value];
  while (left.length > 0) {
    const next = left.pop();
    if (typeof next === 'string' && next.includes(text)) return true;
    if (typeof next !== 'object' || next === null || seen.has(next)) continue;
    seen.add(next);
    left.push(...partsOf(next));
  }
  return false;
}

function partsOf(value: object): unknown[] {
  if (value instanceof Headers || types.isMap(value) || types.isSet(value)) return [...value].flat();
  const properties = Reflect.ownKeys(value).flatMap((name) => [name, propertyOf(value, name)]);
  // What prints itself in a way of its own may print more than its properties.
  if (!(inspect.custom in value)) return properties;
  return [inspect(value, { maxStringLength: null, maxArrayLength: null }), ...properties];
}

/** Read also where it is computed, as a stack is; one that throws has nothing to show. */
function propertyOf(value: object, name: string | symbol): unknown {
  try {
    return Reflect.get(value, name);
  } catch {
    return undefined;
  }
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
