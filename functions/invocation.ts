import { DeadlineNear } from '../core/errors.ts';
import { RenewableStop } from '../core/stop.ts';

/** The invocations of a Lambda container, one after the other. The time of each is limited; longer work goes on in the next. */
export class Invocation {
  readonly stop = new RenewableStop();
  #remainingMs: () => number = () => Number.POSITIVE_INFINITY;

  /** Gives what says when nothing new is to be begun in this one. */
  begin(remainingMs: () => number): AbortSignal {
    this.#remainingMs = remainingMs;
    this.stop.renew();
    return this.stop.signal;
  }

  /** Aborts `stop` with DeadlineNear so many milliseconds before the time is up; gives what calls that off. */
  stopBeforeEnd(marginMs: number): () => void {
    const left = this.#remainingMs() - marginMs;
    if (!Number.isFinite(left)) return () => undefined;
    const abort = () => this.stop.abort(new DeadlineNear('The time of this invocation is nearly up.'));
    const timer = setTimeout(abort, Math.max(0, left));
    return () => clearTimeout(timer);
  }
}
