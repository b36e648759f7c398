import { randomFor, shuffled } from '../../core/random.ts';
import { chunks } from './batches.ts';
import type { Weights } from './shape.ts';

/** How a training goes through its examples; the same course over the same examples gives the same weights. */
export interface Course {
  readonly epochs: number;
  readonly batchSize: number;
  readonly learningRate: number;
  readonly seed: number;
  /** After the warm-up: `constant` (default), or `cosine` down to 0. */
  readonly schedule?: 'constant' | 'cosine';
  /** Called after each step; may look at the weights, must not keep them. */
  readonly onStep?: (progress: Progress, weights: Weights) => Promise<void> | void;
}

export interface Progress {
  /** From 1. */
  readonly step: number;
  readonly loss: number;
  readonly metrics: Readonly<Record<string, number>>;
}

export type TrainingSteps<T> = readonly {
  readonly step: number;
  readonly items: readonly T[];
  readonly learningRate: number;
}[];

export function stepCount(examples: number, { epochs, batchSize }: Pick<Course, 'epochs' | 'batchSize'>): number {
  return Math.ceil((examples * epochs) / batchSize);
}

/** Each epoch in its own order; batches run over the ends of epochs. The rate warms up over the first tenth. */
export function planSteps<T>(examples: readonly T[], course: Course): TrainingSteps<T> {
  const order = Array.from({ length: course.epochs }, (_, epoch) =>
    shuffled(examples, randomFor('training order', course.seed, epoch)),
  ).flat();
  const batches = [...chunks(order, course.batchSize)];
  const decay = (done: number): number => (course.schedule === 'cosine' ? (1 + Math.cos(Math.PI * done)) / 2 : 1);
  const warmUp = Math.max(1, Math.floor(batches.length / 10));
  return batches.map((items, index) => ({
    step: index + 1,
    items,
    learningRate: course.learningRate * Math.min(1, (index + 1) / warmUp) * decay(index / batches.length),
  }));
}
