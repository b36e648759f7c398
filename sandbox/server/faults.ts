import { setTimeout as sleep } from 'node:timers/promises';
import { randomFor } from '../../core/random.ts';

/** What goes wrong on the way to one model, per chat request. Rates are shares of requests, together at most 1. */
export interface FaultPlan {
  /** The same seed plants the same faults at the same call numbers. */
  readonly seed: number;
  /** 429 with `Retry-After`. */
  readonly tooManyRequests?: number;
  /** What `Retry-After` says; default 1. Fractions are sent as `retry-after-ms` too. */
  readonly retryAfterSeconds?: number;
  /** 500 and 503 in turn. */
  readonly serverError?: number;
  /** The connection closes without an answer. */
  readonly dropped?: number;
  readonly latency?: {
    /** Added to each request that goes through. */
    readonly milliseconds: number;
    /** Share of requests that take `slowMilliseconds` instead: the tail. */
    readonly slow?: number;
    readonly slowMilliseconds?: number;
  };
}

export type Fault =
  | { readonly kind: 'none'; readonly delayMilliseconds: number }
  | { readonly kind: 'too-many-requests'; readonly retryAfterSeconds: number }
  | { readonly kind: 'server-error'; readonly status: 500 | 503 }
  | { readonly kind: 'dropped' };

/** The fault of one call; a function of plan, model and call number. */
export function faultAt(plan: FaultPlan | undefined, model: string, call: number): Fault {
  if (!plan) return { kind: 'none', delayMilliseconds: 0 };
  const random = randomFor('faults', plan.seed, model, call);
  const draw = random.next();
  const overloaded = plan.tooManyRequests ?? 0;
  const broken = overloaded + (plan.serverError ?? 0);
  if (draw < overloaded) return { kind: 'too-many-requests', retryAfterSeconds: plan.retryAfterSeconds ?? 1 };
  if (draw < broken) return { kind: 'server-error', status: random.next() < 0.5 ? 500 : 503 };
  if (draw < broken + (plan.dropped ?? 0)) return { kind: 'dropped' };
  const { milliseconds = 0, slow = 0, slowMilliseconds = milliseconds } = plan.latency ?? {};
  return { kind: 'none', delayMilliseconds: random.next() < slow ? slowMilliseconds : milliseconds };
}

/** Waits the fault's delay, unless the client goes away first. */
export async function delay(milliseconds: number, signal: AbortSignal): Promise<void> {
  if (milliseconds > 0) await sleep(milliseconds, undefined, { signal });
}
