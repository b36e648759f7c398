import { stepNeeds } from '../../lib/step-needs.ts';
import type { Counted } from './counted.ts';
import { leastSquares } from './least-squares.ts';

/** What is counted of a run. Requests for the record of calls are by themselves: there is one write for each call, or for some together. */
export const measures: Readonly<Record<string, (counted: Counted) => number>> = {
  'state transitions': ({ executed: { transitions } }) =>
    transitions.ofRun + transitions.ofTrainShards + transitions.ofHeldOutShards,
  'Lambda invocations': ({ logged }) => logged.invocations.length,
  'S3 PUT, POST, LIST': (counted) => requestsOf(counted, 'put').length,
  'S3 GET, HEAD': (counted) => requestsOf(counted, 'get').length,
  'S3 DELETE': (counted) => requestsOf(counted, 'delete').length,
  'events to EventBridge': ({ requests }) => requests.filter(({ service }) => service === 'events').length,
  'log KB, functions': ({ logged }) => logged.invocations.reduce((sum, { logBytes }) => sum + logBytes, 0) / 1000,
  'log KB, workflow': ({ executed }) => executed.logBytes / 1000,
  'stored KB': ({ left }) => left.bytes / 1000,
  'calls: responses': ({ left }) => left.calls['responses'] ?? 0,
  'calls: verdicts': ({ left }) => left.calls['verdicts'] ?? 0,
  'calls: evaluation': ({ left }) => left.calls['evaluation'] ?? 0,
};

export const columns = ['a run', 'a shard', 'a prompt', 'a held-out shard', 'a held-out prompt'] as const;

export interface Part {
  readonly measure: string;
  /** One for each of `columns`. */
  readonly each: readonly number[];
  /** How far the sum of the parts is from what was counted, at worst, in percent. */
  readonly worstPercent: number;
}

/** What a run, a shard and a prompt take, of both sets, from runs of different sizes. */
export function partsOf(sizes: readonly Counted[]): Part[] {
  const rows = sizes.map(({ wish: { train, heldOut, shards } }) => [
    1,
    Math.ceil(train / shards.prompts),
    train,
    Math.ceil(heldOut / shards.prompts),
    heldOut,
  ]);
  return Object.entries(measures).map(([measure, of]) => {
    const values = sizes.map(of);
    const each = leastSquares(rows, values);
    const errors = rows.map((row, index) => {
      const fitted = row.reduce((sum, times, column) => sum + times * (each[column] ?? 0), 0);
      return Math.abs(fitted - (values[index] ?? 0)) / Math.max(1, values[index] ?? 0);
    });
    return { measure, each, worstPercent: 100 * Math.max(...errors) };
  });
}

/**
 * GB·s a call where nobody waits for a model: the median of runs whose endpoint answers at once, all their functions together.
 * Other work on the machine shows in it, so that parts of it would mean nothing.
 */
export function ownWorkACall(sizes: readonly Counted[]): number {
  const each = sizes.map(({ logged, left }) => {
    const calls = Object.values(left.calls).reduce((sum, count) => sum + count, 0);
    return gigabyteSeconds(logged.invocations) / calls;
  });
  return each.sort((one, other) => one - other)[Math.floor(each.length / 2)] ?? 0;
}

function gigabyteSeconds(invocations: Counted['logged']['invocations']): number {
  return invocations.reduce(
    (sum, { step, ms }) => sum + ((stepNeeds[step]?.memoryMiB ?? 1024) / 1024) * (ms / 1000),
    0,
  );
}

/** Requests to S3 besides those for the record of calls. */
function requestsOf({ requests }: Counted, wanted: string) {
  return requests.filter((request) => request.class === wanted && !isOfRecord(request));
}

/** The objects below `<part>/<shard>.calls/`; to list them and to keep them for later runs is one request a shard. */
export function isOfRecord({ key }: { readonly key: string }): boolean {
  return key.endsWith('.calls') && !key.startsWith('list ');
}
