import { type Random, randomFor } from '../../core/random.ts';
import { special, tokenText, vocabulary } from '../support-desk/vocabulary.ts';
import { type Cache, emptyCache, forkCache, forwardToken, softmax } from './plain-forward.ts';
import { shape, type Weights } from './shape.ts';

export interface SamplingSettings {
  /** 0 takes the likeliest token. */
  readonly temperature: number;
  /** Keeps the likeliest tokens that together have this probability. */
  readonly topP: number;
  readonly seed: number | string;
  readonly maxTokens: number;
  readonly stop?: readonly string[];
}

/** A token as sampled, with natural log-probabilities at temperature 1. */
export interface SampledToken {
  readonly id: number;
  readonly text: string;
  readonly logprob: number;
  /** All tokens' log-probabilities, [vocabulary]. */
  readonly logprobs: Float32Array;
}

export interface Sample {
  readonly text: string;
  readonly tokens: readonly SampledToken[];
  /** `stop`: it ended by itself or at a stop text; `length`: it ran into `maxTokens` or the context. */
  readonly finish: 'stop' | 'length';
}

/** Tokens a response can't hold. */
const forbidden = [special.pad, special.unknown, special.system, special.user, special.assistant];

/** A prompt read once; its choices fork from here. */
export interface ReadPrompt {
  readonly cache: Cache;
  readonly logits: Float32Array;
}

export function readPrompt(weights: Weights, prompt: readonly number[]): ReadPrompt {
  const cache = emptyCache();
  let logits = new Float32Array(shape.vocabulary);
  for (const token of prompt) logits = forwardToken(weights, cache, token) as Float32Array<ArrayBuffer>;
  return { cache, logits };
}

/** One response; the same weights, prompt and settings give the same response, whatever else is sampled. */
export function sampleResponse(weights: Weights, prompt: ReadPrompt, settings: SamplingSettings): Sample {
  const random = randomFor('sample', settings.seed);
  const cache = forkCache(prompt.cache);
  const tokens: SampledToken[] = [];
  let { logits } = prompt;
  let text = '';
  while (true) {
    const logprobs = logSoftmax(logits);
    const id = drawToken(logprobs, settings, random);
    if (id === special.end) return { text, tokens, finish: 'stop' };
    if (tokens.length >= settings.maxTokens) return { text, tokens, finish: 'length' };
    const piece = tokenText(id, text);
    tokens.push({ id, text: piece, logprob: logprobs[id] as number, logprobs });
    text += piece;
    const stop = settings.stop?.find((ending) => ending !== '' && text.includes(ending));
    if (stop !== undefined) return { text: text.slice(0, text.indexOf(stop)), tokens, finish: 'stop' };
    if (cache.length >= shape.context) return { text, tokens, finish: 'length' };
    logits = forwardToken(weights, cache, id);
  }
}

/** The likeliest tokens at one place, best first. */
export function likeliest(logprobs: Float32Array, count: number): { id: number; token: string; logprob: number }[] {
  return [...logprobs.keys()]
    .sort((a, b) => (logprobs[b] as number) - (logprobs[a] as number) || a - b)
    .slice(0, count)
    .filter((id) => Number.isFinite(logprobs[id]))
    .map((id) => ({ id, token: vocabulary[id] ?? '<unk>', logprob: logprobs[id] as number }));
}

function logSoftmax(logits: Float32Array): Float32Array {
  const values = logits.slice();
  for (const id of forbidden) values[id] = Number.NEGATIVE_INFINITY;
  softmax(values);
  return values.map(Math.log);
}

function drawToken(logprobs: Float32Array, settings: SamplingSettings, random: Random): number {
  const ranked = likeliest(logprobs, settings.topP < 1 ? logprobs.length : 1);
  if (settings.temperature === 0) return ranked[0]?.id ?? special.end;
  const chances = logprobs.map((logprob) => logprob / settings.temperature);
  softmax(chances);
  if (settings.topP < 1) keepTop(chances, settings.topP);
  let rest = random.next() * chances.reduce((sum, chance) => sum + chance, 0);
  let last: number = special.end;
  for (let id = 0; id < chances.length; id++) {
    const chance = chances[id] as number;
    if (chance === 0) continue;
    last = id;
    rest -= chance;
    if (rest < 0) return id;
  }
  return last;
}

/** Nucleus sampling, arXiv 1904.09751: zeroes what lies beyond the smallest likeliest set with `topP` in all. */
function keepTop(chances: Float32Array, topP: number): void {
  const order = [...chances.keys()].sort((a, b) => (chances[b] as number) - (chances[a] as number) || a - b);
  let sum = 0;
  for (const id of order) {
    if (sum >= topP) chances[id] = 0;
    else sum += chances[id] as number;
  }
}
