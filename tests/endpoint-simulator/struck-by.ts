import { randomFor } from '../../core/random.ts';
import type { Call } from './read-call.ts';
import type { Planted } from './simulator-options.ts';

/** Whether a planted fault strikes: a function of the seed, its place among the others and the subject it would strike. */
export function strikes<F extends { readonly fault: string }>(
  one: Planted<F>,
  place: number,
  call: Call,
  seed: number,
  subject: string,
): boolean {
  if (one.on !== undefined && one.on !== call.role) return false;
  if (one.when && !one.when(call)) return false;
  return one.share >= 1 || randomFor('planted', seed, place, one.fault, subject).next() < one.share;
}

/** The first that strikes. */
export function struckBy<F extends { readonly fault: string }>(
  planted: readonly Planted<F>[],
  call: Call,
  seed: number,
  subject: () => string,
): Planted<F> | undefined {
  return planted.find((one, place) => strikes(one, place, call, seed, subject()));
}
