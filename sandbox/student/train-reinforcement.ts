import { numpy as np } from '@jax-js/jax';
import { special } from '../support-desk/vocabulary.ts';
import { chunks, grid, rowsAtOnce, rowsOf, type Sequence } from './batches.ts';
import { promptTokens, responseLimit, sequenceOfTokens, type Turn } from './conversation.ts';
import { type Course, planSteps } from './course.ts';
import { logprobsOf } from './jax-forward.ts';
import { createLearner, type Loss } from './learner.ts';
import { readPrompt, sampleResponse } from './sample.ts';
import { tokenLogprobs } from './score.ts';
import { shape, type Weights } from './shape.ts';

/** One prompt with whatever else its line carries, for the grader's templates. */
export interface RewardedPrompt {
  readonly turns: readonly Turn[];
  readonly item: Readonly<Record<string, unknown>>;
}

export interface GradedSample {
  readonly item: Readonly<Record<string, unknown>>;
  readonly text: string;
}

/** One reward per sample, in order; absent where the grade can't be read: such a sample teaches nothing. */
export type Grade = (samples: readonly GradedSample[]) => Promise<readonly (number | undefined)[]>;

/** Ratios of new to old probability beyond 1 ± this earn nothing more (arXiv 1707.06347). */
const clip = 0.2;
/** Times that each step's samples are learned from; sampling costs as much as learning. */
const passes = 2;

/**
 * Group-relative policy optimization, arXiv 2402.03300: samples a group per prompt, and learns each sample's reward
 * relative to its group, (reward − mean) / deviation, held to the frozen start by `beta` times the KL divergence.
 */
export async function trainReinforcement(
  start: Weights,
  prompts: readonly RewardedPrompt[],
  grade: Grade,
  course: Course & { readonly beta: number; readonly groupSize: number },
): Promise<Weights> {
  const learner = await createLearner(start, clippedReward(course.beta));
  for (const { step, items, learningRate } of planSteps(prompts, course)) {
    const groups = sampleGroups(learner.weights, items, course.groupSize, `${course.seed}/${step}`);
    const rewards = await grade(groups.flatMap(({ item, samples }) => samples.map(({ text }) => ({ item, text }))));
    const rated = rate(groups, rewards, course.groupSize);
    const old = rated.map((one) => ({
      ...one,
      old: tokenLogprobs(learner.weights, one.sequence.tokens),
      reference: tokenLogprobs(start, one.sequence.tokens),
    }));
    let loss = 0;
    for (let pass = 0; pass < passes && old.length > 0; pass++) {
      loss = (await learner.step(batchesOf(old), learningRate)).loss;
    }
    const readable = rewards.filter((reward) => reward !== undefined);
    const metrics = {
      train_mean_reward: readable.reduce((sum, reward) => sum + reward, 0) / Math.max(1, readable.length),
      ungraded_samples: rewards.length - readable.length,
      learned_samples: rated.length,
    };
    await course.onStep?.({ step, loss, metrics }, learner.weights);
  }
  learner.close();
  return learner.weights;
}

interface Group {
  readonly item: RewardedPrompt['item'];
  readonly samples: readonly { readonly text: string; readonly sequence: Sequence }[];
}

function sampleGroups(weights: Weights, prompts: readonly RewardedPrompt[], size: number, key: string): Group[] {
  return prompts.map(({ turns, item }, at) => {
    const prompt = promptTokens(turns);
    const read = readPrompt(weights, prompt);
    const settings = { temperature: 1, topP: 1, maxTokens: responseLimit };
    const samples = Array.from({ length: size }, (_, index) => {
      const { text, tokens, finish } = sampleResponse(weights, read, { ...settings, seed: `${key}/${at}/${index}` });
      const end = finish === 'stop' ? [special.end] : [];
      return { text, sequence: sequenceOfTokens(prompt, [...tokens.map(({ id }) => id), ...end]) };
    });
    return { item, samples };
  });
}

interface Rated {
  readonly sequence: Sequence;
  readonly advantage: number;
}

/** A group whose readable rewards are all equal says nothing, and leaves. */
function rate(groups: readonly Group[], rewards: readonly (number | undefined)[], size: number): Rated[] {
  return groups.flatMap(({ samples }, group) => {
    const graded = samples.flatMap(({ sequence }, index) => {
      const reward = rewards[group * size + index];
      return reward === undefined ? [] : [{ sequence, reward }];
    });
    const mean = graded.reduce((sum, { reward }) => sum + reward, 0) / graded.length;
    const deviation = Math.sqrt(graded.reduce((sum, { reward }) => sum + (reward - mean) ** 2, 0) / graded.length);
    if (!(deviation > 1e-6)) return [];
    return graded.map(({ sequence, reward }) => ({ sequence, advantage: (reward - mean) / deviation }));
  });
}

/**
 * Inputs: tokens, targets, share of the step per token, advantage, old and reference log-probability; all [16, time].
 * The divergence is the unbiased, never negative estimate exp(d) − d − 1 with d = reference − new.
 */
function clippedReward(beta: number): Loss {
  return (parameters, ...inputs) => {
    const [tokens, targets, share, advantage, old, reference] = inputs as [
      np.Array,
      np.Array,
      np.Array,
      np.Array,
      np.Array,
      np.Array,
    ];
    const logprobs = logprobsOf(parameters, tokens, targets);
    const ratio = np.exp(logprobs.ref.sub(old));
    const clipped = np.clip(ratio.ref, 1 - clip, 1 + clip);
    const gain = np.minimum(ratio.mul(advantage.ref), clipped.mul(advantage));
    const gap = reference.sub(logprobs);
    const divergence = np.exp(gap.ref).sub(gap).sub(1);
    const cost = divergence.mul(beta).sub(gain).mul(share);
    return [cost.ref.sum(), cost.sum(-1)];
  };
}

type Learned = Rated & { readonly old: Float32Array; readonly reference: Float32Array };

/** Always the full context long: samples differ in length from step to step, and one length compiles once. */
function* batchesOf(samples: readonly Learned[]): Generator<np.Array[]> {
  const time = shape.context;
  for (const some of chunks(samples, rowsAtOnce)) {
    const rows = rowsOf(
      some.map(({ sequence }) => sequence),
      time,
    );
    const table = (value: (sample: Learned, at: number) => number): np.Array => {
      const values = new Float32Array(rowsAtOnce * time);
      some.forEach((sample, row) => {
        for (let at = 1; at < sample.sequence.tokens.length; at++) values[row * time + at - 1] = value(sample, at);
      });
      return grid(values, time);
    };
    const lengths = new Map(some.map(({ sequence }) => [sequence, sequence.weight.reduce((a, b) => a + b, 0)]));
    yield [
      grid(rows.tokens, time),
      grid(rows.targets, time),
      table(({ sequence }, at) => (sequence.weight[at] ?? 0) / (lengths.get(sequence) ?? 1) / samples.length),
      table(({ advantage }) => advantage),
      table(({ old }, at) => old[at] as number),
      table(({ reference }, at) => reference[at] as number),
    ];
  }
}
