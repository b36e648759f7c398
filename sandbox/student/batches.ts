import { numpy as np } from '@jax-js/jax';
import { special } from '../support-desk/vocabulary.ts';

/** Rows that go through jax at once. Fixed, so that each job compiles once and memory stays flat; batches are summed. */
export const rowsAtOnce = 16;

/** One tokenised conversation: `weight[i]` says whether token i is to be learned (it is predicted from those before). */
export interface Sequence {
  readonly tokens: readonly number[];
  readonly weight: readonly number[];
}

/** The lengths that are compiled; multiples of 8, because the wasm kernels are ten times slower on odd ones. */
export function timeFor(sequences: readonly Sequence[]): number {
  const longest = sequences.reduce((most, { tokens }) => Math.max(most, tokens.length), 16);
  return Math.ceil(longest / 8) * 8;
}

/** Row-major plain arrays [rowsAtOnce × time]; missing rows are padding of weight 0. */
export interface Rows {
  readonly tokens: Int32Array<ArrayBuffer>;
  readonly targets: Int32Array<ArrayBuffer>;
  readonly weight: Float32Array<ArrayBuffer>;
}

export function rowsOf(sequences: readonly (Sequence | undefined)[], time: number): Rows {
  const size = rowsAtOnce * time;
  const rows = { tokens: new Int32Array(size), targets: new Int32Array(size), weight: new Float32Array(size) };
  rows.tokens.fill(special.pad);
  sequences.forEach((sequence, row) => {
    sequence?.tokens.forEach((token, at) => {
      rows.tokens[row * time + at] = token;
      if (at === 0) return;
      rows.targets[row * time + at - 1] = token;
      rows.weight[row * time + at - 1] = sequence.weight[at] ?? 0;
    });
  });
  return rows;
}

/** [rowsAtOnce, time] in jax. */
export function grid(values: Int32Array<ArrayBuffer> | Float32Array<ArrayBuffer>, time: number): np.Array {
  return np.array(values).reshape([rowsAtOnce, time]);
}

export function* chunks<T>(items: readonly T[], size: number): Generator<readonly T[]> {
  for (let start = 0; start < items.length; start += size) yield items.slice(start, start + size);
}
