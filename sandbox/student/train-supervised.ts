import type { numpy as np } from '@jax-js/jax';
import { chunks, grid, rowsAtOnce, rowsOf, type Sequence, timeFor } from './batches.ts';
import { type Course, planSteps, type TrainingSteps } from './course.ts';
import { logprobsOf } from './jax-forward.ts';
import { createLearner, type Loss } from './learner.ts';
import type { Weights } from './shape.ts';

/** Learns the weighted tokens of `sequences` by their mean negative log-likelihood. */
export async function trainSupervised(
  start: Weights,
  sequences: readonly Sequence[],
  course: Course,
): Promise<Weights> {
  const time = timeFor(sequences);
  const learner = await createLearner(start, negativeLogLikelihood);
  const plan: TrainingSteps<Sequence> = planSteps(sequences, course);
  for (const { step, items, learningRate } of plan) {
    const { loss } = await learner.step(batchesOf(items, time), learningRate);
    await course.onStep?.({ step, loss, metrics: { train_loss: loss } }, learner.weights);
  }
  learner.close();
  return learner.weights;
}

/** Inputs: tokens, targets, weight, each [rows, time]; the weights of all batches of a step add up to 1. */
const negativeLogLikelihood: Loss = (parameters, tokens, targets, weight) => {
  const logprobs = logprobsOf(parameters, tokens as np.Array, targets as np.Array).mul(weight as np.Array);
  return [logprobs.ref.sum().neg(), logprobs.sum(-1)];
};

function* batchesOf(sequences: readonly Sequence[], time: number): Generator<np.Array[]> {
  const total = sequences.reduce((sum, { weight }) => sum + weight.reduce((a, b) => a + b, 0), 0);
  for (const some of chunks(sequences, rowsAtOnce)) {
    const { tokens, targets, weight } = rowsOf(some, time);
    const share = weight.map((one) => one / Math.max(total, 1));
    yield [grid(tokens, time), grid(targets, time), grid(share, time)];
  }
}
