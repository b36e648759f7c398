import { vocabulary } from '../support-desk/vocabulary.ts';

/** The student: a GPT with root-mean-square norms, learned positions and ReLU, about 128,000 parameters. */
export const shape = {
  vocabulary: vocabulary.length,
  width: 64,
  heads: 4,
  layers: 2,
  hidden: 256,
  /** Tokens of prompt and response together. */
  context: 48,
} as const;

/** Added to the mean square before the root. */
export const normEpsilon = 1e-5;

/** Every parameter by name, row-major float32; names and shapes are those of the safetensors file. */
export type Weights = Readonly<Record<string, Float32Array<ArrayBuffer>>>;

/** Name → shape, in file order. Matrices are [in, out]: a row vector times a matrix goes forward. */
export const parameterShapes: ReadonlyMap<string, readonly number[]> = new Map([
  ['tokens', [shape.vocabulary, shape.width]],
  ['positions', [shape.context, shape.width]],
  ...Array.from({ length: shape.layers }, (_, layer) => layerShapes(`layer${layer}`)).flat(),
  ['norm', [shape.width]],
  ['head', [shape.width, shape.vocabulary]],
] as [string, number[]][]);

export function sizeOf(dimensions: readonly number[]): number {
  return dimensions.reduce((product, size) => product * size, 1);
}

export function copyWeights(weights: Weights): Weights {
  return mapWeights(weights, (values) => values.slice());
}

export function zerosLike(weights: Weights): Weights {
  return mapWeights(weights, (values) => new Float32Array(values.length));
}

function mapWeights(
  weights: Weights,
  change: (values: Float32Array<ArrayBuffer>) => Float32Array<ArrayBuffer>,
): Weights {
  return Object.fromEntries(Object.entries(weights).map(([name, values]) => [name, change(values)]));
}

function layerShapes(layer: string): [string, number[]][] {
  const { width, hidden } = shape;
  return [
    [`${layer}.norm1`, [width]],
    [`${layer}.query`, [width, width]],
    [`${layer}.key`, [width, width]],
    [`${layer}.value`, [width, width]],
    [`${layer}.merge`, [width, width]],
    [`${layer}.norm2`, [width]],
    [`${layer}.up`, [width, hidden]],
    [`${layer}.down`, [hidden, width]],
  ];
}
