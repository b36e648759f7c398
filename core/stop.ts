/** Says when nothing new is to be begun. */
export interface Stop {
  /** Of now: one that was aborted stays so, and a container of Lambda goes on with its next invocation. */
  readonly signal: AbortSignal;
  /** Hears of each abort. One listener for all who wait: a signal looks through its listeners at each new one. */
  listen(listener: (reason: unknown) => void): void;
}

/** A process stops once. */
export function stopOn(signal: AbortSignal): Stop {
  return {
    signal,
    listen: (listener) => signal.addEventListener('abort', () => listener(signal.reason), { once: true }),
  };
}

/** One that can be set going again. */
export class RenewableStop implements Stop {
  #controller = new AbortController();
  readonly #listeners: ((reason: unknown) => void)[] = [];

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  listen(listener: (reason: unknown) => void): void {
    this.#listeners.push(listener);
  }

  abort(reason: unknown): void {
    if (this.signal.aborted) return;
    this.#controller.abort(reason);
    for (const listener of this.#listeners) listener(reason);
  }

  renew(): void {
    if (this.signal.aborted) this.#controller = new AbortController();
  }
}
