import { init, numpy as np } from '@jax-js/jax';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { sequenceOf } from '../../../sandbox/student/conversation.ts';
import { logitsOf, toParameters } from '../../../sandbox/student/jax-forward.ts';
import { emptyCache, forwardToken } from '../../../sandbox/student/plain-forward.ts';
import { readPrompt, sampleResponse } from '../../../sandbox/student/sample.ts';
import { sequenceLogprob } from '../../../sandbox/student/score.ts';
import type { Weights } from '../../../sandbox/student/shape.ts';
import { trainPreference } from '../../../sandbox/student/train-preference.ts';
import { trainReinforcement } from '../../../sandbox/student/train-reinforcement.ts';
import { trainSupervised } from '../../../sandbox/student/train-supervised.ts';
import { baseWeightsFile, fromSafetensors, loadWeights, toSafetensors } from '../../../sandbox/student/weights-file.ts';

let base: Weights;
beforeAll(async () => {
  base = await loadWeights(baseWeightsFile);
});

const turns = [{ role: 'user' as const, text: 'My kettle arrived broken.' }];
const good = sequenceOf(turns, 'I am sorry about your kettle. A replacement is on its way.');
const bad = sequenceOf(turns, 'Stop complaining about the kettle. Go away.');
const course = { epochs: 3, batchSize: 8, learningRate: 1e-3, seed: 1 };

describe('the two forward passes', () => {
  test('agree on every logit within 1e-4', async () => {
    await init('wasm');
    const tokens = [...good.tokens, ...bad.tokens].slice(0, 32);

    const cache = emptyCache();
    const plain = tokens.map((token) => forwardToken(base, cache, token));
    const rows = np.array(Int32Array.from(tokens)).reshape([1, 32]);
    const jax = await logitsOf(toParameters(base), rows).data();

    const gaps = plain.flatMap((logits, at) =>
      [...logits].map((logit, id) => Math.abs(logit - (jax[at * logits.length + id] as number))),
    );
    expect(gaps).toHaveLength(32 * 184);
    expect(Math.max(...gaps)).toBeLessThan(1e-4);
  });
});

describe('training', () => {
  test('on preference pairs raises the margin of the chosen, the same bytes for the same seed', async () => {
    const pairs = Array.from({ length: 8 }, () => ({ chosen: good, rejected: bad }));
    const train = () => trainPreference(base, pairs, { ...course, beta: 0.1, rpoAlpha: 0.05 });
    const margin = (weights: Weights): number => sequenceLogprob(weights, good) - sequenceLogprob(weights, bad);

    const [first, again] = [await train(), await train()];

    expect(margin(first)).toBeGreaterThan(margin(base) + 1);
    expect(toSafetensors(again)).toEqual(toSafetensors(first));
  });

  test('on texts makes them likelier, and a token of weight 0 is not learned', async () => {
    const silent = { ...bad, weight: bad.weight.map(() => 0) };

    const learned = await trainSupervised(base, Array(8).fill(good), course);
    const untouched = await trainSupervised(base, Array(8).fill(silent), course);

    expect(sequenceLogprob(learned, good)).toBeGreaterThan(sequenceLogprob(base, good) + 1);
    expect(toSafetensors(untouched)).toEqual(toSafetensors(base));
  });

  test('by rewards raises what is rewarded', async () => {
    const prompts = Array.from({ length: 4 }, () => ({ turns, item: {} }));
    const rewards: number[] = [];

    await trainReinforcement(base, prompts, async (samples) => samples.map(({ text }) => Number(/kettle/.test(text))), {
      ...course,
      epochs: 4,
      batchSize: 4,
      beta: 0.01,
      groupSize: 8,
      onStep: ({ metrics }) => void rewards.push(metrics['train_mean_reward'] ?? 0),
    });

    expect(rewards.at(-1)).toBeGreaterThan(rewards[0] ?? 1);
  });
});

describe('sampling', () => {
  test('without temperature takes the likeliest; a small nucleus does the same', () => {
    const read = readPrompt(base, good.tokens.slice(0, 7));
    const settings = { temperature: 1, topP: 1, seed: 1, maxTokens: 24 };

    const greedy = sampleResponse(base, read, { ...settings, temperature: 0 });
    const nucleus = sampleResponse(base, read, { ...settings, topP: 0.01, seed: 2 });

    expect(nucleus.text).toBe(greedy.text);
    expect(greedy.text).not.toBe(sampleResponse(base, read, settings).text);
  });
});

describe('weights', () => {
  test('round-trip through safetensors and are smaller than 2 MB', () => {
    const bytes = toSafetensors(base);

    expect(bytes.length).toBeLessThan(2_000_000);
    expect(fromSafetensors(bytes)).toEqual(base);
  });
});
