/** What an endpoint says of a rate in its headers; `resetSeconds` is when all of it would be there again. */
export interface ToldRate {
  readonly limit: number;
  readonly remaining: number;
  readonly resetSeconds: number | undefined;
}

export interface ToldRates {
  readonly requests?: ToldRate | undefined;
  readonly tokens?: ToldRate | undefined;
}

/** The rates of one model at one endpoint. Times are in milliseconds. */
export interface RateLimit {
  /** Milliseconds until a call may start; 0 for now. */
  waitFor(now: number): number;
  /** A call starts that will use about so many tokens. */
  take(tokens: number, now: number): void;
  /** It used `actual` instead of the tokens that were taken. */
  settle(taken: number, actual: number, now: number): void;
  learn(told: ToldRates, now: number): void;
}

export function rateLimit(perMinute: {
  readonly requests?: number | undefined;
  readonly tokens?: number | undefined;
}): RateLimit {
  const requests = new Bucket(perMinute.requests);
  const tokens = new Bucket(perMinute.tokens);
  return {
    waitFor: (now) => Math.max(requests.waitFor(now), tokens.waitFor(now)),
    take(amount, now) {
      requests.take(1, now);
      tokens.take(amount, now);
    },
    settle: (taken, actual, now) => tokens.take(actual - taken, now),
    learn(told, now) {
      requests.learn(told.requests, now);
      tokens.learn(told.tokens, now);
    },
  };
}

/**
 * A token bucket. One that the loop file sets holds a 61st of a minute's worth and is filled at that rate a second: no
 * minute, wherever it begins, sees more than the limit. One that headers teach holds what the endpoint says it holds.
 */
class Bucket {
  readonly #isSet: boolean;
  #capacity = Number.POSITIVE_INFINITY;
  #perMillisecond = 0;
  #level = Number.POSITIVE_INFINITY;
  #at = 0;

  constructor(perMinute: number | undefined) {
    this.#isSet = perMinute !== undefined;
    if (perMinute === undefined) return;
    this.#capacity = perMinute / 61;
    this.#perMillisecond = perMinute / 61_000;
    this.#level = this.#capacity;
  }

  /** A call may start while there is anything in it, so that one that needs more than it ever holds can start too. */
  waitFor(now: number): number {
    this.#fill(now);
    const lacking = Math.min(1, this.#capacity) - this.#level;
    // Without the margin a timer that fires a rounding error too early would find nothing.
    return lacking <= 1e-9 ? 0 : lacking / this.#perMillisecond;
  }

  take(amount: number, now: number): void {
    this.#fill(now);
    this.#level = Math.min(this.#capacity, this.#level - amount);
  }

  /** What the user has set holds, whatever the endpoint would bear. */
  learn(told: ToldRate | undefined, now: number): void {
    if (told === undefined || this.#isSet || told.limit <= 0) return;
    const { limit, remaining, resetSeconds } = told;
    const used = limit - remaining;
    const isTelling = resetSeconds !== undefined && resetSeconds > 0 && used > 0;
    this.#fill(now);
    this.#capacity = limit;
    this.#perMillisecond = isTelling ? used / (resetSeconds * 1000) : limit / 60_000;
    // Calls under way are in neither number: what we count ourselves stands where it is less.
    this.#level = Math.min(this.#level, remaining);
  }

  #fill(now: number): void {
    if (this.#level < this.#capacity) {
      this.#level = Math.min(this.#capacity, this.#level + (now - this.#at) * this.#perMillisecond);
    }
    this.#at = now;
  }
}
