import type { Counted } from './counted.ts';
import { isOfRecord } from './parts-of-cost.ts';

/** A step that calls models: what it would take if it did nothing but wait, and what it took. */
export interface Waited {
  readonly step: string;
  readonly calls: number;
  readonly callsAtOnce: number;
  /** Calls × latency ÷ calls at once in one function. */
  readonly leastSeconds: number;
  readonly seconds: number;
  /** Objects in the record of calls. */
  readonly writes: number;
}

const callers = [
  { step: 'sample-responses', part: 'responses', latency: 'studentMs' },
  { step: 'judge-responses', part: 'verdicts', latency: 'teacherMs' },
] as const;

/** Of the steps that call one model each. */
export function waitedIn({ wish, logged, left, requests }: Counted): Waited[] {
  const callsAtOnce = Math.floor(wish.callsAtOnce / wish.shards.atOnce);
  return callers.map(({ step, part, latency }) => {
    const calls = left.calls[part] ?? 0;
    const own = requests.filter((request) => request.by === step && isOfRecord(request) && request.class === 'put');
    const invocations = logged.invocations.filter((invocation) => invocation.step === step);
    return {
      step,
      calls,
      callsAtOnce,
      leastSeconds: (calls * wish[latency]) / 1000 / callsAtOnce,
      seconds: invocations.reduce((sum, { ms }) => sum + ms / 1000, 0),
      writes: own.length,
    };
  });
}
