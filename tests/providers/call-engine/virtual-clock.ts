import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../../../providers/call-engine/clock.ts';

/** Time that passes only while `pass` runs it, from one sleeper to the next. */
export class VirtualClock implements Clock {
  #now = 0;
  #drawn = 1;
  #sleepers: { readonly until: number; readonly wake: () => void }[] = [];
  /** Every wait that was asked for, in milliseconds. */
  readonly waits: number[] = [];
  readonly #jitter: number | undefined;

  /** `jitter`: always this; without it a sequence that is the same each time. */
  constructor(jitter?: number) {
    this.#jitter = jitter;
  }

  now = (): number => this.#now;

  jitter = (): number => {
    if (this.#jitter !== undefined) return this.#jitter;
    // A linear congruential generator.
    this.#drawn = (this.#drawn * 1_103_515_245 + 12_345) % 2_147_483_648;
    return this.#drawn / 2_147_483_648;
  };

  wait = (milliseconds: number, signal?: AbortSignal): Promise<void> => {
    this.waits.push(milliseconds);
    return new Promise((wake, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const sleeper = { until: this.#now + milliseconds, wake };
      this.#sleepers.push(sleeper);
      signal?.addEventListener('abort', () => {
        this.#sleepers = this.#sleepers.filter((other) => other !== sleeper);
        reject(signal.reason);
      });
    });
  };

  /** Lets time pass until the work is done. Throws where all wait and nobody will wake. */
  async passUntil<T>(work: Promise<T>): Promise<T> {
    let isDone = false;
    const watched = work.finally(() => {
      isDone = true;
    });
    watched.catch(() => undefined);
    for (;;) {
      await setImmediate();
      if (isDone) return watched;
      this.#sleepers.sort((a, b) => a.until - b.until);
      const next = this.#sleepers.shift();
      if (!next) throw new Error('Everybody waits, and nobody will wake.');
      this.#now = next.until;
      next.wake();
    }
  }
}
