import { setTimeout as pause } from 'node:timers/promises';

/** Time and chance, so that tests can rule both. */
export interface Clock {
  /** Milliseconds since some moment; never goes back. */
  readonly now: () => number;
  /** Rejects where the signal is aborted first. */
  readonly wait: (milliseconds: number, signal?: AbortSignal) => Promise<unknown>;
  /** In [0, 1): spreads the waits of many callers. */
  readonly jitter: () => number;
}

export const realClock: Clock = {
  now: () => performance.now(),
  wait: (milliseconds, signal) => pause(milliseconds, undefined, signal ? { signal } : {}),
  jitter: Math.random,
};
