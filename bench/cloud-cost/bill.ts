import { columns, type Part } from './parts-of-cost.ts';
import { prices } from './prices.ts';

/** A run whose cost is asked for. */
export interface Scenario {
  readonly name: string;
  /** All of them; a fifth is held out, as by default. */
  readonly prompts: number;
  readonly promptsAShard: number;
  /** In one function: callsAtOnce of the loop file, divided by shards.atOnce. */
  readonly callsAtOnce: number;
  readonly studentSeconds: number;
  readonly teacherSeconds: number;
  /** 1 where each has a write of its own, less where some are written together. */
  readonly writesACall: number;
}

export interface Line {
  readonly what: string;
  readonly count: number;
  readonly usd: number;
}

const HELD_OUT = 0.2;
/** Memory of the functions that wait for models (lib/step-needs.ts). */
const WAITING_GIGABYTES = 1;

/** The variable part of one run, by what is paid for. */
export function billOf(scenario: Scenario, parts: readonly Part[], ownWorkACall: number): Line[] {
  const { prompts, promptsAShard, callsAtOnce, studentSeconds, teacherSeconds, writesACall } = scenario;
  const heldOut = Math.round(prompts * HELD_OUT);
  const train = prompts - heldOut;
  const times = [1, Math.ceil(train / promptsAShard), train, Math.ceil(heldOut / promptsAShard), heldOut];
  const sum = (measure: string) => {
    const each = parts.find((part) => part.measure === measure)?.each ?? [];
    return columns.reduce((total, _, column) => total + (times[column] ?? 0) * Math.max(0, each[column] ?? 0), 0);
  };
  const evaluation = sum('calls: evaluation');
  // One response of each student, the rest of the calls are verdicts.
  const studentCalls = sum('calls: responses') + 2 * heldOut;
  const teacherCalls = sum('calls: verdicts') + Math.max(0, evaluation - 2 * heldOut);
  const waited = (studentCalls * studentSeconds + teacherCalls * teacherSeconds) / callsAtOnce;
  const writes = (studentCalls + teacherCalls) * writesACall;
  const line = (what: string, count: number, price: number): Line => ({ what, count, usd: count * price });
  const logGigabytes = (sum('log KB, functions') + sum('log KB, workflow')) / 1e6;
  return [
    line('state transitions', sum('state transitions'), prices.transition),
    line('Lambda invocations', sum('Lambda invocations'), prices.invocation),
    line('Lambda GB·s: own work', (studentCalls + teacherCalls) * ownWorkACall, prices.gigabyteSecond),
    line('Lambda GB·s: waiting for models', waited * WAITING_GIGABYTES, prices.gigabyteSecond),
    line('S3 PUT, LIST: record of calls', writes, prices.s3Put),
    line('S3 PUT, LIST: all else', sum('S3 PUT, POST, LIST'), prices.s3Put),
    line('S3 GET: record of calls', writes, prices.s3Get),
    line('S3 GET: all else', sum('S3 GET, HEAD'), prices.s3Get),
    line('log GB', logGigabytes, prices.logGigabyte),
    line('X-Ray traces, at most', sum('Lambda invocations'), prices.trace),
  ];
}

export function totalOf(lines: readonly Line[]): number {
  return lines.reduce((sum, { usd }) => sum + usd, 0);
}
