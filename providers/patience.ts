import { setTimeout as pause } from 'node:timers/promises';
import { ProviderOverloaded } from '../core/errors.ts';

/** How long a single request is tried again while its endpoint is overloaded. */
export interface Patience {
  /** Tries of one request, the first included. */
  readonly tries: number;
  readonly wait: (seconds: number) => Promise<unknown>;
  /** In [0, 1): spreads the waits of many callers. */
  readonly jitter: () => number;
}

/**
 * 8 tries, so 7 waits of at most 1 s · 2ⁿ and 30 s: 1 + 2 + 4 + 8 + 16 + 30 + 30 = 91 s at the very most. Full jitter
 * makes it half of that on average, about 45 s; then the step's own retries take over.
 */
export const usualPatience: Patience = { tries: 8, wait: (seconds) => pause(seconds * 1000), jitter: Math.random };
const LONGEST_WAIT_SECONDS = 30;
/** An endpoint that asks for more than this is left to the step's own retries: a function's life is short. */
const LONGEST_ASKED_SECONDS = 60;

/** Makes one request, again and again while its endpoint is overloaded; without patience once. Any other error is final. */
export async function patiently<T>(send: () => Promise<T>, patience: Patience | undefined): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await send();
    } catch (error) {
      if (!patience || !(error instanceof ProviderOverloaded) || attempt >= patience.tries) throw error;
      const asked = error.retryAfterSeconds;
      if (asked !== undefined && asked > LONGEST_ASKED_SECONDS) throw error;
      // The endpoint's own word first; else full jitter (AWS Architecture Blog, "Exponential backoff and jitter").
      await patience.wait(asked ?? patience.jitter() * Math.min(LONGEST_WAIT_SECONDS, 2 ** (attempt - 1)));
    }
  }
}
