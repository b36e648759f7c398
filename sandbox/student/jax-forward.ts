import { nn, numpy as np } from '@jax-js/jax';
import { normEpsilon, parameterShapes, shape, type Weights } from './shape.ts';

const { width, heads, layers, vocabulary } = shape;
const headWidth = width / heads;

/** Parameters as jax arrays, by the names of `parameterShapes`. Each use consumes one reference. */
export type Parameters = Record<string, np.Array>;

/** Moves weights into jax. The caller owns the arrays. */
export function toParameters(weights: Weights): Parameters {
  return Object.fromEntries(
    [...parameterShapes].map(([name, dimensions]) => [
      name,
      np.array(weights[name] as Float32Array<ArrayBuffer>).reshape([...dimensions]),
    ]),
  );
}

/**
 * Logits [batch, time, vocabulary] of tokens [batch, time] (int32). Consumes all of its inputs.
 * The same computation as `plain-forward.ts`; a test holds the two together.
 */
export function logitsOf(parameters: Parameters, tokens: np.Array): np.Array {
  const [batch, time] = tokens.shape as [number, number];
  const take = taker(parameters);
  let x = np.matmul(nn.oneHot(tokens, vocabulary), take('tokens')).add(take('positions').slice([0, time]));
  const mask = np
    .tril(np.ones([time, time]))
    .sub(1)
    .mul(1e9);
  for (let layer = 0; layer < layers; layer++) {
    const name = `layer${layer}`;
    const normed = norm(x.ref, take(`${name}.norm1`));
    const split = (matrix: string): np.Array =>
      np.matmul(normed.ref, take(`${name}.${matrix}`)).reshape([batch, time, heads, headWidth]);
    const query = split('query').transpose([0, 2, 1, 3]);
    const key = split('key').transpose([0, 2, 3, 1]);
    const value = split('value').transpose([0, 2, 1, 3]);
    normed.dispose();
    const shares = nn.softmax(
      np
        .matmul(query, key)
        .mul(1 / Math.sqrt(headWidth))
        .add(mask.ref),
      -1,
    );
    const mixed = np.matmul(shares, value).transpose([0, 2, 1, 3]).reshape([batch, time, width]);
    x = x.add(np.matmul(mixed, take(`${name}.merge`)));
    const inner = nn.relu(np.matmul(norm(x.ref, take(`${name}.norm2`)), take(`${name}.up`)));
    x = x.add(np.matmul(inner, take(`${name}.down`)));
  }
  mask.dispose();
  return np.matmul(norm(x, take('norm')), take('head'));
}

/** Natural log-probability [batch, time] of `targets` [batch, time] (int32) after `tokens`. Consumes its inputs. */
export function logprobsOf(parameters: Parameters, tokens: np.Array, targets: np.Array): np.Array {
  const logits = logitsOf(parameters, tokens);
  const picked = logits.ref.mul(nn.oneHot(targets, vocabulary)).sum(-1);
  return picked.sub(nn.logsumexp(logits, -1));
}

function norm(x: np.Array, gain: np.Array): np.Array {
  const mean = np.square(x.ref).mean(-1, { keepdims: true });
  return x.mul(np.reciprocal(np.sqrt(mean.add(normEpsilon)))).mul(gain);
}

function taker(parameters: Parameters): (name: string) => np.Array {
  return (name) => {
    const found = parameters[name];
    if (!found) throw new Error(`no parameter ${name}`);
    return found;
  };
}
