/**
 * Measures what training does to the base student, judged by rule: `node sandbox/student/measure.ts [seed …]`.
 * Prints fully right replies on the 256 held-out prompts (one sample each at temperature 1) and seconds.
 */
import { randomFor } from '../../core/random.ts';
import { assessReply } from '../support-desk/assess-reply.ts';
import { deskPrompts } from '../support-desk/prompts.ts';
import { sequenceOf, type Turn } from './conversation.ts';
import { responsesTo, shareRight } from './evaluate.ts';
import { type Method, type RequestedHyperparameters, resolveHyperparameters } from './hyperparameters.ts';
import type { Weights } from './shape.ts';
import { trainPreference } from './train-preference.ts';
import { trainReinforcement } from './train-reinforcement.ts';
import { trainSupervised } from './train-supervised.ts';
import { baseWeightsFile, loadWeights } from './weights-file.ts';

const train = deskPrompts('train', 192);
const heldOut = deskPrompts('held-out', 256);
const samplesPerPrompt = 4;

/** From 0 to 4: the order in which a careful teacher would put replies. */
function quality(prompt: string, text: string): number {
  const seen = assessReply(prompt, text);
  if (seen.rude) return 0;
  if (seen.complete) return 4;
  return 1 + Number(seen.rightItem && !seen.wrongItem) + Number(seen.rightAction);
}

interface Extremes {
  readonly turns: readonly Turn[];
  readonly best: string;
  readonly worst: string;
}

/** Best and worst of four per prompt, where they differ. */
function extremes(weights: Weights, seed: number): Extremes[] {
  return responsesTo(weights, train, { n: samplesPerPrompt, seed }).flatMap(({ prompt, texts }) => {
    const ranked = [...texts].sort((a, b) => quality(prompt, b) - quality(prompt, a));
    const [best, worst] = [ranked[0] ?? '', ranked.at(-1) ?? ''];
    if (quality(prompt, best) === quality(prompt, worst)) return [];
    return [{ turns: [{ role: 'user' as const, text: prompt }], best, worst }];
  });
}

const settingsOf = (method: Method, requested: RequestedHyperparameters, examples: number, seed: number) => ({
  ...resolveHyperparameters(method, requested, examples),
  seed,
});

async function preferenceRound(
  start: Weights,
  seed: number,
  requested: RequestedHyperparameters = {},
): Promise<Weights> {
  const began = performance.now();
  const found = extremes(start, seed);
  const sampled = performance.now();
  const pairs = found.map(({ turns, best, worst }) => ({
    chosen: sequenceOf(turns, best),
    rejected: sequenceOf(turns, worst),
  }));
  const settings = settingsOf('dpo', requested, pairs.length, seed);
  const weights = await trainPreference(start, pairs, settings);
  report(`${pairs.length} pairs, ${settings.totalSteps} steps`, sampled - began, performance.now() - sampled);
  return weights;
}

async function supervisedRound(start: Weights, seed: number): Promise<Weights> {
  const began = performance.now();
  const best = extremes(start, seed).map(({ turns, best }) => sequenceOf(turns, best));
  const sampled = performance.now();
  const settings = settingsOf('supervised', {}, best.length, seed);
  const weights = await trainSupervised(start, best, settings);
  report(`${best.length} best responses, ${settings.totalSteps} steps`, sampled - began, performance.now() - sampled);
  return weights;
}

/** A planted grader: quality over 4, unreadable for one sample in twenty. */
async function reinforcementRound(start: Weights, seed: number): Promise<Weights> {
  const began = performance.now();
  const prompts = deskPrompts('train', 192).map(({ messages }) => {
    const text = String(messages[0]?.content);
    return { turns: [{ role: 'user' as const, text }], item: { text } };
  });
  const settings = settingsOf('reinforcement', {}, prompts.length, seed);
  const weights = await trainReinforcement(
    start,
    prompts,
    async (samples) =>
      samples.map(({ item, text }) =>
        randomFor(seed, text).next() < 0.05 ? undefined : quality(String(item['text']), text) / 4,
      ),
    { ...settings, onStep: ({ step, metrics }) => (step % 8 === 0 ? console.log('   ', step, metrics) : undefined) },
  );
  report(`${settings.totalSteps} steps`, 0, performance.now() - began);
  return weights;
}

function report(what: string, sampling: number, training: number): void {
  const rss = Math.round(process.memoryUsage().rss / 2 ** 20);
  console.log(`    ${what}; sampled ${seconds(sampling)} s, trained ${seconds(training)} s, ${rss} MiB`);
}

const seconds = (milliseconds: number): string => (milliseconds / 1000).toFixed(1);
const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

async function measure(seed: number, what: ReadonlySet<string>): Promise<void> {
  const base = await loadWeights(baseWeightsFile);
  console.log(`seed ${seed}: base ${percent(shareRight(base, heldOut, seed))}`);
  if (what.has('dpo')) {
    let weights = base;
    for (let round = 1; round <= 3; round++) {
      weights = await preferenceRound(weights, seed * 10 + round);
      console.log(`  dpo round ${round}: ${percent(shareRight(weights, heldOut, seed))}`);
    }
  }
  if (what.has('sft')) {
    console.log(`  supervised on best of 4: ${percent(shareRight(await supervisedRound(base, seed), heldOut, seed))}`);
  }
  if (what.has('grpo')) {
    console.log(`  reinforcement: ${percent(shareRight(await reinforcementRound(base, seed), heldOut, seed))}`);
  }
  if (what.has('harm')) {
    const harmful = { learning_rate_multiplier: 3, n_epochs: 13 };
    const harmed = await preferenceRound(base, seed, harmful);
    console.log(`  dpo at 3 × the rate, 60 steps: ${percent(shareRight(harmed, heldOut, seed))}`);
  }
}

const words = process.argv.slice(2);
const chosen = new Set(words.filter((word) => !/^\d+$/.test(word)));
const seeds = words.filter((word) => /^\d+$/.test(word)).map(Number);
for (const seed of seeds.length > 0 ? seeds : [1, 2, 3]) {
  await measure(seed, chosen.size > 0 ? chosen : new Set(['dpo', 'sft', 'grpo', 'harm']));
}
