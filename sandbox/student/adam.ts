import type { Weights } from './shape.ts';
import { zerosLike } from './shape.ts';

const firstDecay = 0.9;
const secondDecay = 0.99;
const epsilon = 1e-8;
/** Gradients longer than this are shortened to it: one odd batch must not throw the student. */
const longestGradient = 1;

/** Adam (arXiv 1412.6980) in plain arrays: 1 ms for 130,000 parameters, and nothing of it stays in jax's memory. */
export interface Adam {
  /** One step against the gradients, in place. */
  step(weights: Weights, gradients: Weights, learningRate: number): void;
}

export function createAdam(like: Weights): Adam {
  const means = zerosLike(like);
  const squares = zerosLike(like);
  let count = 0;
  return {
    step(weights, gradients, learningRate) {
      count++;
      const scale = Math.min(1, longestGradient / lengthOf(gradients));
      const meanScale = 1 / (1 - firstDecay ** count);
      const squareScale = 1 / (1 - secondDecay ** count);
      for (const [name, values] of Object.entries(weights)) {
        const gradient = gradients[name] as Float32Array;
        const mean = means[name] as Float32Array;
        const square = squares[name] as Float32Array;
        for (let i = 0; i < values.length; i++) {
          const slope = (gradient[i] as number) * scale;
          mean[i] = firstDecay * (mean[i] as number) + (1 - firstDecay) * slope;
          square[i] = secondDecay * (square[i] as number) + (1 - secondDecay) * slope * slope;
          const size = Math.sqrt((square[i] as number) * squareScale) + epsilon;
          values[i] = (values[i] as number) - (learningRate * (mean[i] as number) * meanScale) / size;
        }
      }
    },
  };
}

function lengthOf(gradients: Weights): number {
  let sum = 0;
  for (const values of Object.values(gradients)) for (const value of values) sum += value * value;
  return Math.max(Math.sqrt(sum), epsilon);
}
