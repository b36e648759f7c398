import type { ToldRate, ToldRates } from '../call-engine/rate-limit.ts';

/**
 * What the headers of an answer say of rates, in OpenAI's names (`x-ratelimit-remaining-requests: 59`,
 * `x-ratelimit-reset-requests: 1s`), which Azure, vLLM gateways and others send too. What can't be read says nothing.
 */
export function ratesIn(headers: Headers): ToldRates {
  return { requests: rateIn(headers, 'requests'), tokens: rateIn(headers, 'tokens') };
}

function rateIn(headers: Headers, of: 'requests' | 'tokens'): ToldRate | undefined {
  const limit = wholeIn(headers.get(`x-ratelimit-limit-${of}`));
  const remaining = wholeIn(headers.get(`x-ratelimit-remaining-${of}`));
  if (limit === undefined || remaining === undefined) return undefined;
  return { limit, remaining, resetSeconds: secondsIn(headers.get(`x-ratelimit-reset-${of}`)) };
}

function wholeIn(text: string | null): number | undefined {
  return text !== null && /^\s*\d{1,15}\s*$/.test(text) ? Number(text) : undefined;
}

const SECONDS_IN = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400 } as const;

/** `6m0s`, `20ms`, `1.5s`; a bare number is of seconds. */
function secondsIn(text: string | null): number | undefined {
  const trimmed = text?.trim() ?? '';
  if (/^\d{1,9}(\.\d{1,9})?$/.test(trimmed)) return Number(trimmed);
  if (!/^(\d{1,9}(\.\d{1,9})?(ms|[smhd]))+$/.test(trimmed)) return undefined;
  let seconds = 0;
  for (const [, amount, unit] of trimmed.matchAll(/(\d+(?:\.\d+)?)(ms|[smhd])/g)) {
    seconds += Number(amount) * SECONDS_IN[unit as keyof typeof SECONDS_IN];
  }
  return seconds;
}
