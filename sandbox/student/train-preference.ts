import { nn, numpy as np } from '@jax-js/jax';
import { chunks, grid, rowsAtOnce, rowsOf, type Sequence, timeFor } from './batches.ts';
import { type Course, planSteps } from './course.ts';
import { logprobsOf } from './jax-forward.ts';
import { createLearner, type Loss } from './learner.ts';
import { sequenceLogprob } from './score.ts';
import type { Weights } from './shape.ts';

export interface SequencePair {
  readonly chosen: Sequence;
  readonly rejected: Sequence;
}

const pairsAtOnce = rowsAtOnce / 2;

/**
 * Direct preference optimization, arXiv 2305.18290, against the frozen start; `beta` ties the student to it. Beside the
 * preference stands `rpoAlpha` times the chosen responses' mean token loss (arXiv 2404.19733): it keeps them from getting
 * rarer together with the rejected ones.
 */
export async function trainPreference(
  start: Weights,
  pairs: readonly SequencePair[],
  course: Course & { readonly beta: number; readonly rpoAlpha: number },
): Promise<Weights> {
  const time = timeFor(pairs.flatMap(({ chosen, rejected }) => [chosen, rejected]));
  const known = pairs.map((pair) => ({
    ...pair,
    reference: sequenceLogprob(start, pair.chosen) - sequenceLogprob(start, pair.rejected),
  }));
  const learner = await createLearner(start, preferenceLoss(course));
  for (const { step, items, learningRate } of planSteps(known, course)) {
    const { loss, reports } = await learner.step(batchesOf(items, time), learningRate);
    const margins = reports.flatMap((report) => [...report]).slice(0, items.length);
    const metrics = {
      train_loss: loss,
      reward_margin: mean(margins),
      reward_accuracy: mean(margins.map((margin) => (margin > 0 ? 1 : 0))),
    };
    await course.onStep?.({ step, loss, metrics }, learner.weights);
  }
  learner.close();
  return learner.weights;
}

/**
 * Inputs: tokens, targets, weight [16, time], chosen in the first 8 rows and their rejected in the last; then per pair,
 * [8]: the reference's log-ratio, the pair's share of the step, and 1 / chosen tokens. Reports the reward margins, [8].
 */
function preferenceLoss({ beta, rpoAlpha }: { readonly beta: number; readonly rpoAlpha: number }): Loss {
  return (parameters, ...inputs) => {
    const [tokens, targets, weight, reference, share, perToken] = inputs as [
      np.Array,
      np.Array,
      np.Array,
      np.Array,
      np.Array,
      np.Array,
    ];
    const sums = logprobsOf(parameters, tokens, targets).mul(weight).sum(-1);
    const chosen = sums.ref.slice([0, pairsAtOnce]);
    const rejected = sums.slice([pairsAtOnce, rowsAtOnce]);
    const margin = chosen.ref.sub(rejected).sub(reference).mul(beta);
    const preference = np.negative(nn.logSigmoid(margin.ref));
    const likelihood = chosen.mul(perToken).mul(-rpoAlpha);
    return [preference.add(likelihood).mul(share).sum(), margin];
  };
}

type KnownPair = SequencePair & { readonly reference: number };

function* batchesOf(pairs: readonly KnownPair[], time: number): Generator<np.Array[]> {
  for (const some of chunks(pairs, pairsAtOnce)) {
    const padded = Array.from({ length: pairsAtOnce }, (_, index) => some[index]);
    const rows = rowsOf([...padded.map((pair) => pair?.chosen), ...padded.map((pair) => pair?.rejected)], time);
    const column = (value: (pair: KnownPair) => number): np.Array =>
      np.array(Float32Array.from(padded, (pair) => (pair ? value(pair) : 0)));
    yield [
      grid(rows.tokens, time),
      grid(rows.targets, time),
      grid(rows.weight, time),
      column((pair) => pair.reference),
      column(() => 1 / pairs.length),
      column(
        (pair) =>
          1 /
          Math.max(
            1,
            pair.chosen.weight.reduce((a, b) => a + b, 0),
          ),
      ),
    ];
  }
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}
