import { stepCount } from './course.ts';

/** What a job asks for, as on the wire; `'auto'` and absent mean the same. */
export interface RequestedHyperparameters {
  readonly n_epochs?: number | 'auto' | undefined;
  readonly batch_size?: number | 'auto' | undefined;
  readonly learning_rate_multiplier?: number | 'auto' | undefined;
  /** Preference training only: how hard the student is tied to its start. */
  readonly beta?: number | 'auto' | undefined;
  /** Preference training only: weight of the chosen responses' likelihood beside the preference; Together's name for it. */
  readonly rpo_alpha?: number | 'auto' | undefined;
  /** Reinforcement only: scales the samples per prompt. */
  readonly compute_multiplier?: number | 'auto' | undefined;
}

export interface Hyperparameters {
  readonly epochs: number;
  readonly batchSize: number;
  /** The base rate of the method times the multiplier. */
  readonly learningRate: number;
  readonly beta: number;
  readonly rpoAlpha: number;
  /** Samples per prompt in one group. */
  readonly groupSize: number;
  readonly totalSteps: number;
}

export const methods = ['supervised', 'dpo', 'reinforcement'] as const;
export type Method = (typeof methods)[number];

/** Adam's rate at multiplier 1, measured on the desk (docs/sandbox.md); auto epochs aim at `steps` steps. */
const defaults = {
  supervised: { learningRate: 2e-4, batchSize: 16, steps: 40, beta: 0, rpoAlpha: 0 },
  dpo: { learningRate: 1e-4, batchSize: 32, steps: 30, beta: 0.1, rpoAlpha: 0.05 },
  reinforcement: { learningRate: 3e-4, batchSize: 16, steps: 24, beta: 0.02, rpoAlpha: 0 },
} as const satisfies Record<Method, object>;

/** Auto epochs stay within this, so that little data is not learned by heart. */
const mostEpochs = 10;
const groupSize = 8;

export function resolveHyperparameters(
  method: Method,
  requested: RequestedHyperparameters,
  examples: number,
): Hyperparameters {
  const base = defaults[method];
  const batchSize = Math.min(chosen(requested.batch_size, base.batchSize), Math.max(1, examples));
  const autoEpochs = Math.min(mostEpochs, Math.max(1, Math.round((base.steps * batchSize) / Math.max(1, examples))));
  const epochs = chosen(requested.n_epochs, autoEpochs);
  return {
    epochs,
    batchSize,
    learningRate: base.learningRate * chosen(requested.learning_rate_multiplier, 1),
    beta: chosen(requested.beta, base.beta),
    rpoAlpha: chosen(requested.rpo_alpha, base.rpoAlpha),
    groupSize: Math.max(2, Math.round(groupSize * chosen(requested.compute_multiplier, 1))),
    totalSteps: stepCount(examples, { epochs, batchSize }),
  };
}

function chosen(value: number | 'auto' | undefined, otherwise: number): number {
  return value === undefined || value === 'auto' ? otherwise : value;
}
