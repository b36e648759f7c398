import { performance } from 'node:perf_hooks';
import type { Call } from './read-call.ts';

/** What the endpoint has seen, as `GET /counts` gives it. */
export interface Counts {
  /** Requests for a completion, whatever they were answered. */
  readonly requests: number;
  /** Answered in full: a sound completion was sent to its end, and would be paid. */
  readonly answered: number;
  /** Requests whose call had been answered in full when they came. */
  readonly repeated: number;
  readonly inFlight: number;
  readonly inFlightMaximum: number;
  readonly tooManyRequests: number;
  /** How often each planted wire fault struck. */
  readonly struck: Readonly<Record<string, number>>;
  /** Requests in each second since the first one. */
  readonly perSecond: readonly number[];
  readonly peakPerSecond: number;
  /** In any 60 seconds of those. */
  readonly peakPerMinute: number;
  /** The waits that the answers were given before they were sent, summed. */
  readonly latencyMilliseconds: number;
}

/** What became of one call, by its hash. */
export interface CallCount {
  attempts: number;
  answered: number;
}

export class CallCounter {
  readonly calls = new Map<string, CallCount>();
  #requests = 0;
  #answered = 0;
  #repeated = 0;
  #inFlight = 0;
  #inFlightMaximum = 0;
  #tooManyRequests = 0;
  #latencyMilliseconds = 0;
  readonly #struck: Record<string, number> = {};
  readonly #perSecond: number[] = [];
  #start: number | undefined;

  /** Counts an attempt and numbers it. */
  arrived(call: Omit<Call, 'attempt'>): Call {
    const known = this.calls.get(call.hash) ?? { attempts: 0, answered: 0 };
    this.calls.set(call.hash, known);
    if (known.answered > 0) this.#repeated++;
    this.#requests++;
    this.#inFlight++;
    this.#inFlightMaximum = Math.max(this.#inFlightMaximum, this.#inFlight);
    const now = performance.now();
    this.#start ??= now;
    const second = Math.floor((now - this.#start) / 1000);
    this.#perSecond[second] = (this.#perSecond[second] ?? 0) + 1;
    return { ...call, attempt: known.attempts++ };
  }

  left(): void {
    this.#inFlight--;
  }

  answered({ hash }: Call): void {
    this.#answered++;
    const known = this.calls.get(hash);
    if (known) known.answered++;
  }

  struck(fault: string): void {
    this.#struck[fault] = (this.#struck[fault] ?? 0) + 1;
  }

  limited(): void {
    this.#tooManyRequests++;
  }

  waited(milliseconds: number): void {
    this.#latencyMilliseconds += milliseconds;
  }

  get counts(): Counts {
    const perSecond = Array.from(this.#perSecond, (requests) => requests ?? 0);
    return {
      requests: this.#requests,
      answered: this.#answered,
      repeated: this.#repeated,
      inFlight: this.#inFlight,
      inFlightMaximum: this.#inFlightMaximum,
      tooManyRequests: this.#tooManyRequests,
      struck: { ...this.#struck },
      perSecond,
      peakPerSecond: Math.max(0, ...perSecond),
      peakPerMinute: peakSum(perSecond, 60),
      latencyMilliseconds: this.#latencyMilliseconds,
    };
  }
}

/** The largest sum of so many neighbours. */
function peakSum(numbers: readonly number[], length: number): number {
  let sum = 0;
  let peak = 0;
  for (const [index, number] of numbers.entries()) {
    sum += number - (numbers[index - length] ?? 0);
    peak = Math.max(peak, sum);
  }
  return peak;
}
