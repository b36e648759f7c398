import type { Stop } from '../../core/stop.ts';
import { AdaptiveLimit, type Answered } from './adaptive-limit.ts';
import type { Clock } from './clock.ts';
import type { RateLimit } from './rate-limit.ts';

/** What became of a call, as the pool needs to know it. */
export interface CallEnd {
  readonly answered: Answered;
  readonly retryAfterSeconds?: number | undefined;
}

/** All calls to one endpoint, whoever makes them: none starts without a place, nor faster than its model's rate allows. */
export interface EndpointPool {
  /** Resolves when a call of about so many tokens may start. Who was let in must leave. Rejects where the signal is aborted before. */
  enter(rate: RateLimit, tokens: number, signal?: AbortSignal): Promise<Place>;
  /** Calls that may be under way now, and those that are. */
  readonly limit: number;
  readonly underWay: number;
}

export interface Place {
  leave(end: CallEnd): void;
}

interface Waiting {
  /** Grows with each that comes. */
  readonly number: number;
  readonly tokens: number;
  readonly admit: (place: Place) => void;
  readonly giveUp: (reason: unknown) => void;
}

/** An endpoint that refuses more than this share of its calls is left alone for as long as it asked. */
const SHARE_TO_PAUSE_AT = 0.5;
const LONGEST_PAUSE_MS = 60_000;

/** `stop`: who waits for a place then waits no more. */
export function endpointPool(callsAtOnce: number, clock: Clock, stop?: Stop): EndpointPool {
  const adaptive = new AdaptiveLimit(callsAtOnce);
  /** In the order they came, for each model by itself: one whose rate is used up keeps no other waiting. */
  const queues = new Map<RateLimit, Set<Waiting>>();
  let came = 0;
  let underWay = 0;
  let pausedUntil = 0;
  let askedMs: number | undefined;
  let alarm: AbortController | undefined;

  function admitWhoMay(): void {
    const now = clock.now();
    if (queues.size === 0) return;
    if (pausedUntil > now) {
      lookAgainIn(pausedUntil - now);
      return;
    }
    while (underWay < adaptive.limit) {
      const next = firstThatMay(now);
      if (next === undefined) return;
      const { rate, waiting } = next;
      dequeue(rate, waiting);
      rate.take(waiting.tokens, now);
      waiting.admit(placeFor());
    }
  }

  /** The one that came first among those whose rate allows a call. Where there are none but those it keeps waiting, it sets the alarm. */
  function firstThatMay(now: number) {
    let first: { rate: RateLimit; waiting: Waiting } | undefined;
    let earliest = Number.POSITIVE_INFINITY;
    for (const [rate, queue] of queues) {
      const [waiting] = queue;
      if (waiting === undefined || (first && first.waiting.number < waiting.number)) continue;
      const wait = rate.waitFor(now);
      if (wait === 0) first = { rate, waiting };
      else earliest = Math.min(earliest, wait);
    }
    if (first === undefined && Number.isFinite(earliest)) lookAgainIn(earliest);
    return first;
  }

  function placeFor(): Place {
    underWay++;
    const answered = adaptive.begin();
    return {
      leave({ answered: how, retryAfterSeconds }) {
        underWay--;
        if (how === 'congested' && retryAfterSeconds !== undefined) {
          askedMs = Math.min(askedMs ?? LONGEST_PAUSE_MS, retryAfterSeconds * 1000);
        }
        const share = answered(how);
        if (share !== undefined) {
          if (share > SHARE_TO_PAUSE_AT && askedMs !== undefined) pausedUntil = clock.now() + askedMs;
          askedMs = undefined;
        }
        admitWhoMay();
      },
    };
  }

  /** One timer at a time; an earlier look replaces a later one. */
  function lookAgainIn(milliseconds: number): void {
    alarm?.abort();
    const own = new AbortController();
    alarm = own;
    clock.wait(Math.ceil(milliseconds), own.signal).then(
      () => {
        if (!own.signal.aborted) admitWhoMay();
      },
      () => undefined,
    );
  }

  stop?.listen((reason) => {
    const all = [...queues.values()].flatMap((queue) => [...queue]);
    queues.clear();
    alarm?.abort();
    for (const waiting of all) waiting.giveUp(reason);
  });

  function enqueue(rate: RateLimit, waiting: Waiting): void {
    const queue = queues.get(rate) ?? new Set();
    queues.set(rate, queue.add(waiting));
    admitWhoMay();
  }

  function dequeue(rate: RateLimit, waiting: Waiting): void {
    const queue = queues.get(rate);
    if (queue?.delete(waiting) && queue.size === 0) queues.delete(rate);
  }

  return {
    get limit() {
      return adaptive.limit;
    },
    get underWay() {
      return underWay;
    },
    enter(rate, tokens, signal) {
      stop?.signal.throwIfAborted();
      signal?.throwIfAborted();
      const { promise, resolve, reject } = Promise.withResolvers<Place>();
      const waiting: Waiting = { number: came++, tokens, admit: resolve, giveUp: reject };
      if (signal) leaveQueueOn(signal, () => dequeue(rate, waiting), promise, reject);
      enqueue(rate, waiting);
      return promise;
    },
  };
}

function leaveQueueOn(
  signal: AbortSignal,
  leave: () => void,
  entered: Promise<unknown>,
  reject: (reason: unknown) => void,
): void {
  const giveUp = (): void => {
    leave();
    reject(signal.reason);
  };
  signal.addEventListener('abort', giveUp, { once: true });
  const forget = (): void => signal.removeEventListener('abort', giveUp);
  entered.then(forget, forget);
}
