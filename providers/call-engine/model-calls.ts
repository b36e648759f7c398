import { ProviderAnswerUnreadable, ProviderOverloaded } from '../../core/errors.ts';
import type { Stop } from '../../core/stop.ts';
import type { Clock } from './clock.ts';
import type { CallEnd, EndpointPool } from './endpoint-pool.ts';
import type { RateLimit, ToldRates } from './rate-limit.ts';

/** One try of a call. `learn` is told what the headers say of rates; the signal gives up a try that nobody waits for. */
export type Send<T> = (
  signal: AbortSignal | undefined,
  learn: (told: ToldRates) => void,
) => Promise<{ readonly value: T; readonly tokens: number }>;

/** How calls to one model are made: when, how often again, how many at once. */
export interface ModelCalls {
  /**
   * `tokensAhead`: about how many tokens it will use. An answer that says nothing is asked for again, as often as one that
   * can't be read. `sent` counts answers that may have to be paid: 2 where a hedge was sent.
   */
  make<T>(
    tokensAhead: number,
    send: Send<T>,
    saysNothing?: (value: T) => boolean,
  ): Promise<{ readonly value: T; readonly sent: number }>;
}

/** For tests and single questions: at once, and once. */
export const directCalls: ModelCalls = {
  make: async (_, send) => ({ value: (await send(undefined, () => undefined)).value, sent: 1 }),
};

export interface PooledCallsOptions {
  readonly pool: EndpointPool;
  readonly rate: RateLimit;
  readonly clock: Clock;
  /** Who waits to try again then waits no more. */
  readonly stop?: Stop | undefined;
  readonly hedgeAfterSeconds?: number | undefined;
  /** Told of each answer that says that it is too many. */
  readonly onCongested?: (() => void) | undefined;
  /** Tries of one call, the first included. */
  readonly tries?: number | undefined;
}

/**
 * 10 tries, so 9 waits of at most 250 ms · 2ⁿ and 30 s: 0.25 + 0.5 + 1 + 2 + 4 + 8 + 16 + 30 + 30 = 92 s at the very most.
 * Full jitter makes it half of that on average, about 46 s; then the step's own retries take over.
 */
const TRIES = 10;
const SHORTEST_WAIT_SECONDS = 0.25;
const LONGEST_WAIT_SECONDS = 30;
/** An endpoint that asks for more than this is left to the step's own retries: a function's life is short. */
const LONGEST_ASKED_SECONDS = 60;
/** An answer that can't be read, or says nothing, was paid for, so it is asked for only so often. */
const USELESS_TRIES = 3;
/** A call that takes too long three times takes too long: with five minutes each, more would be hours. */
const TIMEOUTS = 3;
/** Statuses that say that it was too many; others are faults of the moment, and no reason to send less. */
const CONGESTED: readonly (number | undefined)[] = [408, 429, 503, 529];

/** Calls that take their turn in the endpoint's pool. A wait between two tries holds no place there. */
export function pooledCalls(options: PooledCallsOptions): ModelCalls {
  const { pool, rate, clock, stop, hedgeAfterSeconds } = options;

  async function once<T>(
    tokensAhead: number,
    send: Send<T>,
    signal: AbortSignal | undefined,
    onBegin?: () => void,
  ): Promise<T> {
    const place = await pool.enter(rate, tokensAhead, signal);
    onBegin?.();
    let end: CallEnd = { answered: 'well' };
    let used = tokensAhead;
    try {
      const { value, tokens } = await send(signal, (told) => rate.learn(told, clock.now()));
      used = tokens;
      return value;
    } catch (error) {
      end = endOf(error);
      if (end.answered === 'congested') options.onCongested?.();
      used = 0;
      throw error;
    } finally {
      rate.settle(tokensAhead, used, clock.now());
      place.leave(end);
    }
  }

  return {
    async make(tokensAhead, send, saysNothing = () => false) {
      /** Answers that were of no use, and may have to be paid all the same. */
      let useless = 0;
      let timeouts = 0;
      for (let attempt = 1; ; attempt++) {
        try {
          const { value, sent } = await onceOrTwice(tokensAhead, send);
          if (!saysNothing(value) || useless + sent >= USELESS_TRIES) return { value, sent: sent + useless };
          useless += sent;
        } catch (error) {
          if (error instanceof ProviderAnswerUnreadable) error.sent = ++useless;
          if (error instanceof ProviderOverloaded && error.timedOut) timeouts++;
          const mayTryAgain =
            error instanceof ProviderAnswerUnreadable
              ? useless < USELESS_TRIES
              : error instanceof ProviderOverloaded && timeouts < TIMEOUTS;
          if (!mayTryAgain || attempt >= (options.tries ?? TRIES)) throw error;
          await waitAfter(error, attempt);
        }
      }
    },
  };

  async function onceOrTwice<T>(tokensAhead: number, send: Send<T>): Promise<{ value: T; sent: number }> {
    if (hedgeAfterSeconds === undefined) return { value: await once(tokensAhead, send, undefined), sent: 1 };
    return hedged(
      (signal, onBegin) => once(tokensAhead, send, signal, onBegin),
      (signal) => clock.wait(hedgeAfterSeconds * 1000, signal),
    );
  }

  /** Throws the error where the endpoint asks for too long a wait. */
  async function waitAfter(error: unknown, attempt: number): Promise<void> {
    const asked = error instanceof ProviderOverloaded ? error.retryAfterSeconds : undefined;
    if (asked !== undefined && asked > LONGEST_ASKED_SECONDS) throw error;
    // Full jitter (AWS Architecture Blog, "Exponential backoff and jitter"), after the time that the endpoint asks for: all whom
    // it has told the same must not come back at once.
    const backoff = clock.jitter() * Math.min(LONGEST_WAIT_SECONDS, SHORTEST_WAIT_SECONDS * 2 ** (attempt - 1));
    await clock.wait(1000 * ((asked ?? 0) + backoff), stop?.signal);
  }
}

function endOf(error: unknown): CallEnd {
  if (!(error instanceof ProviderOverloaded) || !CONGESTED.includes(error.status)) return { answered: 'well' };
  return { answered: 'congested', retryAfterSeconds: error.retryAfterSeconds };
}

/**
 * Sends once, and once more where no answer came within the wait; the first answer counts, the other is given up. The wait
 * begins, and a call counts as sent, when it has its place in the pool. An error of one is final only where the other fails
 * too, or was never asked for.
 */
export async function hedged<T>(
  send: (signal: AbortSignal, onBegin: () => void) => Promise<T>,
  wait: (signal: AbortSignal) => Promise<unknown>,
): Promise<{ value: T; sent: number }> {
  const over = new AbortController();
  const begun = Promise.withResolvers<void>();
  let sent = 0;
  let isHedged = false;
  const first = send(over.signal, () => {
    sent++;
    begun.resolve();
  }).catch((error: unknown) => {
    // One that fails before its hedge was asked for is not waited for.
    if (!isHedged) over.abort(error);
    begun.reject(error);
    throw error;
  });
  const second = begun.promise
    .then(() => wait(over.signal))
    .then(() => {
      isHedged = true;
      return send(over.signal, () => {
        sent++;
      });
    });
  try {
    const value = await Promise.any([first, second]);
    return { value, sent };
  } catch (error) {
    throw error instanceof AggregateError ? error.errors[0] : error;
  } finally {
    over.abort();
  }
}
