import { randomFor } from '../../core/random.ts';
import type { Call } from './read-call.ts';
import type { SimulatorOptions } from './simulator-options.ts';

/** Drawn once, so that an answer costs no logarithm. */
const DRAWS = 4096;

/** How long each attempt of a call takes, in milliseconds: fixed, or lognormal; the same for the same attempt. */
export function latencies({ latency, seed = 0 }: SimulatorOptions): (call: Call) => number {
  if (!latency) return () => 0;
  const { medianMilliseconds, sigma = 0 } = latency;
  if (sigma === 0) return () => medianMilliseconds;
  const random = randomFor('latency', seed);
  const drawn = Float64Array.from({ length: DRAWS }, () => {
    // Box and Muller; 1 − u keeps the logarithm finite.
    const normal = Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
    return medianMilliseconds * Math.exp(sigma * normal);
  });
  return ({ hash, attempt }) => drawn[(Number.parseInt(hash.slice(0, 8), 16) + attempt) % DRAWS] as number;
}
