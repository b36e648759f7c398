import type { RateLimits } from './simulator-options.ts';

/** Refills steadily; times are in milliseconds of one clock. */
export class TokenBucket {
  readonly perMinute: number;
  readonly #capacity: number;
  #level: number;
  #at: number | undefined;

  constructor(perMinute: number, burstSeconds: number) {
    this.perMinute = perMinute;
    this.#capacity = (perMinute / 60) * burstSeconds;
    this.#level = this.#capacity;
  }

  levelAt(now: number): number {
    const passed = now - (this.#at ?? now);
    this.#level = Math.min(this.#capacity, this.#level + (passed / 60_000) * this.perMinute);
    this.#at = now;
    return this.#level;
  }

  take(amount: number): void {
    this.#level -= amount;
  }

  /** Until it holds so much; what is more than it ever holds waits for a full one. */
  millisecondsUntil(amount: number, now: number): number {
    const lacking = Math.min(amount, this.#capacity) - this.levelAt(now);
    return Math.max(0, Math.ceil((lacking / this.perMinute) * 60_000));
  }

  millisecondsUntilFull(now: number): number {
    return this.millisecondsUntil(this.#capacity, now);
  }
}

/** The two limits of an endpoint, taken together or not at all. */
export class LimitedRate {
  readonly #requests: TokenBucket | undefined;
  readonly #tokens: TokenBucket | undefined;

  constructor({ requestsPerMinute, tokensPerMinute, burstSeconds = 60 }: RateLimits) {
    this.#requests = requestsPerMinute === undefined ? undefined : new TokenBucket(requestsPerMinute, burstSeconds);
    this.#tokens = tokensPerMinute === undefined ? undefined : new TokenBucket(tokensPerMinute, burstSeconds);
  }

  /** 0 where the request is admitted; else how long to wait, in milliseconds. */
  admit(tokens: number, now: number): number {
    const wait = Math.max(
      this.#requests?.millisecondsUntil(1, now) ?? 0,
      this.#tokens?.millisecondsUntil(tokens, now) ?? 0,
    );
    if (wait > 0) return wait;
    this.#requests?.take(1);
    this.#tokens?.take(tokens);
    return 0;
  }

  headers(now: number): Record<string, string> {
    return { ...headersOf(this.#requests, 'requests', now), ...headersOf(this.#tokens, 'tokens', now) };
  }
}

function headersOf(bucket: TokenBucket | undefined, what: 'requests' | 'tokens', now: number): Record<string, string> {
  if (!bucket) return {};
  return {
    [`x-ratelimit-limit-${what}`]: String(bucket.perMinute),
    [`x-ratelimit-remaining-${what}`]: String(Math.max(0, Math.floor(bucket.levelAt(now)))),
    [`x-ratelimit-reset-${what}`]: duration(bucket.millisecondsUntilFull(now)),
  };
}

/** As OpenAI writes it: `17ms`, `1.5s`, `6m0s`. */
export function duration(milliseconds: number): string {
  if (milliseconds < 1000) return `${milliseconds}ms`;
  const seconds = milliseconds / 1000;
  return seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m${Math.round((seconds % 60) * 1000) / 1000}s`;
}
