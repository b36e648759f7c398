import { init, jit, type numpy as np, valueAndGrad } from '@jax-js/jax';
import { createAdam } from './adam.ts';
import { type Parameters, toParameters } from './jax-forward.ts';
import { copyWeights, type Weights, zerosLike } from './shape.ts';

/** A scalar to go down, and a vector to report, of parameters and batch arrays. Consumes its inputs. */
export type Loss = (parameters: Parameters, ...inputs: np.Array[]) => [np.Array, np.Array];

export interface Learner {
  readonly weights: Weights;
  /** One step of Adam on the sum of the losses of `batches`; each is what the loss takes after the parameters. */
  step(batches: Iterable<np.Array[]>, learningRate: number): Promise<{ loss: number; reports: Float32Array[] }>;
  close(): void;
}

/**
 * Learns from a copy of `start`. jax computes loss and gradient; everything that lasts is in plain arrays.
 *
 * jax-js arrays are reference-counted and each use consumes one reference; its work is lazy. So each batch's results are
 * read at once: that runs the work and frees it, and memory stays flat.
 */
export async function createLearner(start: Weights, loss: Loss): Promise<Learner> {
  await init('wasm');
  const weights = copyWeights(start);
  const adam = createAdam(weights);
  const compute = jit(valueAndGrad(loss, { hasAux: true }));
  return {
    weights,
    async step(batches, learningRate) {
      const parameters = toParameters(weights);
      const gradients = zerosLike(weights);
      const reports: Float32Array[] = [];
      let total = 0;
      for (const inputs of batches) {
        const [[value, report], slopes] = compute(again(parameters), ...inputs);
        total += (await value.data())[0] as number;
        reports.push((await report.data()) as Float32Array);
        for (const [name, slope] of Object.entries(slopes)) add(gradients[name], await slope.data());
      }
      for (const parameter of Object.values(parameters)) parameter.dispose();
      adam.step(weights, gradients, learningRate);
      return { loss: total, reports };
    },
    close: () => compute.dispose(),
  };
}

/** One more reference to each parameter, for one more use. */
export function again(parameters: Parameters): Parameters {
  return Object.fromEntries(Object.entries(parameters).map(([name, parameter]) => [name, parameter.ref]));
}

function add(sum: Float32Array | undefined, more: ArrayLike<number>): void {
  if (!sum) throw new Error('a gradient without a parameter');
  for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] as number) + (more[i] as number);
}
