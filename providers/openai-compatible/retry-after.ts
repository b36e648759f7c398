/** LiteLLM passes its upstream's header on under another name. */
const NAMES = ['retry-after', 'llm_provider-retry-after'] as const;

/**
 * How long an endpoint asks to wait: `retry-after-ms`, or `retry-after` in seconds or as a date, by the endpoint's own clock
 * where it tells it (`date`); Together tells `x-ratelimit-reset` with a 429. Undefined if it doesn't ask.
 */
export function retryAfterSeconds(headers: Headers | undefined, now: number, status?: number): number | undefined {
  const milliseconds = numberIn(headers?.get('retry-after-ms'));
  if (milliseconds !== undefined) return milliseconds / 1000;
  const text = NAMES.map((name) => headers?.get(name)).find((value) => value);
  const seconds = numberIn(text);
  if (seconds !== undefined) return seconds;
  const date = dateIn(text);
  if (Number.isNaN(date)) return status === 429 ? numberIn(headers?.get('x-ratelimit-reset')) : undefined;
  const theirs = dateIn(headers?.get('date'));
  // A date that has passed asks for no wait.
  return Math.max(0, (date - (Number.isNaN(theirs) ? now : theirs)) / 1000);
}

function numberIn(text: string | null | undefined): number | undefined {
  return text && /^\s*\d{1,9}(\.\d{1,9})?\s*$/.test(text) ? Number(text) : undefined;
}

/** Date.parse alone reads a year of the past into "60 (seconds)". */
function dateIn(text: string | null | undefined): number {
  return text && /\b\d{4}\b.*(GMT|UTC|Z|[+-]\d{2}:?\d{2})\s*$/.test(text) ? Date.parse(text) : Number.NaN;
}
