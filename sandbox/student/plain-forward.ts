import { normEpsilon, shape, type Weights } from './shape.ts';

const { width, heads, layers, hidden, context } = shape;
const headWidth = width / heads;

/** Keys and values of the tokens so far, [layer][position × width]; `length` tokens are in. */
export interface Cache {
  length: number;
  readonly keys: readonly Float32Array[];
  readonly values: readonly Float32Array[];
}

export function emptyCache(): Cache {
  const make = (): Float32Array[] => Array.from({ length: layers }, () => new Float32Array(context * width));
  return { length: 0, keys: make(), values: make() };
}

/** A cache that goes its own way: the choices of one request share their prompt. */
export function forkCache(cache: Cache): Cache {
  return { length: cache.length, keys: cache.keys.map((k) => k.slice()), values: cache.values.map((v) => v.slice()) };
}

/**
 * One token forward: adds it to the cache and returns the logits of the next, [vocabulary]. In plain arrays, because for
 * 128,000 parameters that is faster than any dispatch, and what comes out depends on nothing else in a batch.
 */
export function forwardToken(weights: Weights, cache: Cache, token: number): Float32Array {
  const position = cache.length++;
  const x = tensor(weights, 'tokens').slice(token * width, (token + 1) * width);
  addTo(x, tensor(weights, 'positions').subarray(position * width, (position + 1) * width));
  for (let layer = 0; layer < layers; layer++) {
    attend(weights, cache, layer, position, x);
    think(weights, layer, x);
  }
  return timesMatrix(norm(x, tensor(weights, 'norm')), tensor(weights, 'head'), shape.vocabulary);
}

/** Causal self-attention of the newest token; adds its result to `x`. */
function attend(weights: Weights, cache: Cache, layer: number, position: number, x: Float32Array): void {
  const name = `layer${layer}`;
  const normed = norm(x, tensor(weights, `${name}.norm1`));
  const query = timesMatrix(normed, tensor(weights, `${name}.query`), width);
  const keys = cache.keys[layer] as Float32Array;
  const values = cache.values[layer] as Float32Array;
  keys.set(timesMatrix(normed, tensor(weights, `${name}.key`), width), position * width);
  values.set(timesMatrix(normed, tensor(weights, `${name}.value`), width), position * width);
  const mixed = new Float32Array(width);
  const shares = new Float32Array(position + 1);
  for (let head = 0; head < width; head += headWidth) {
    for (let at = 0; at <= position; at++) {
      let sum = 0;
      for (let i = head; i < head + headWidth; i++) sum += (query[i] as number) * (keys[at * width + i] as number);
      shares[at] = sum / Math.sqrt(headWidth);
    }
    softmax(shares);
    for (let at = 0; at <= position; at++) {
      const share = shares[at] as number;
      for (let i = head; i < head + headWidth; i++)
        mixed[i] = (mixed[i] as number) + share * (values[at * width + i] as number);
    }
  }
  addTo(x, timesMatrix(mixed, tensor(weights, `${name}.merge`), width));
}

/** The feed-forward half of a layer; adds its result to `x`. */
function think(weights: Weights, layer: number, x: Float32Array): void {
  const name = `layer${layer}`;
  const inner = timesMatrix(norm(x, tensor(weights, `${name}.norm2`)), tensor(weights, `${name}.up`), hidden);
  for (let i = 0; i < hidden; i++) inner[i] = Math.max(0, inner[i] as number);
  addTo(x, timesMatrix(inner, tensor(weights, `${name}.down`), width));
}

/** Row vector [in] times matrix [in, out]; rows outside, so that memory is read in order. */
function timesMatrix(vector: Float32Array, matrix: Float32Array, out: number): Float32Array {
  const result = new Float32Array(out);
  for (let row = 0; row < vector.length; row++) {
    const factor = vector[row] as number;
    if (factor === 0) continue;
    const start = row * out;
    for (let i = 0; i < out; i++) result[i] = (result[i] as number) + factor * (matrix[start + i] as number);
  }
  return result;
}

function norm(x: Float32Array, gain: Float32Array): Float32Array {
  let sum = 0;
  for (const value of x) sum += value * value;
  const scale = 1 / Math.sqrt(sum / x.length + normEpsilon);
  return x.map((value, i) => value * scale * (gain[i] as number));
}

/** In place; the maximum goes out first so that nothing overflows. */
export function softmax(values: Float32Array): void {
  const top = values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] = Math.exp((values[i] as number) - top);
  for (let i = 0; i < values.length; i++) values[i] = (values[i] as number) / sum;
}

function addTo(x: Float32Array, more: Float32Array): void {
  for (let i = 0; i < x.length; i++) x[i] = (x[i] as number) + (more[i] as number);
}

function tensor(weights: Weights, name: string): Float32Array {
  const values = weights[name];
  if (!values) throw new Error(`no tensor ${name}`);
  return values;
}
