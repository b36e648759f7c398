/** How long an endpoint asks to wait: `retry-after-ms`, or `retry-after` in seconds or as a date. Undefined if it doesn't. */
export function retryAfterSeconds(headers: Headers | undefined, now: number): number | undefined {
  const milliseconds = numberIn(headers?.get('retry-after-ms'));
  if (milliseconds !== undefined) return milliseconds / 1000;
  const text = headers?.get('retry-after');
  const seconds = numberIn(text);
  if (seconds !== undefined) return seconds;
  const date = text ? Date.parse(text) : Number.NaN;
  // A date that has passed asks for no wait.
  return Number.isNaN(date) ? undefined : Math.max(0, (date - now) / 1000);
}

function numberIn(text: string | null | undefined): number | undefined {
  return text && /^\s*\d+(\.\d+)?\s*$/.test(text) ? Number(text) : undefined;
}
