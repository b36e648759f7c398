import { Worker } from 'node:worker_threads';
import type { Progress } from './course.ts';
import type { Hyperparameters, Method } from './hyperparameters.ts';
import type { Weights } from './shape.ts';
import type { GradedSample } from './train-reinforcement.ts';

/** A whole training as plain data; the weights that come out are a function of it (and of the grades). */
export interface TrainingSpec {
  readonly method: Method;
  readonly start: Weights;
  /** The file's lines, parsed and validated. */
  readonly lines: readonly unknown[];
  readonly hyperparameters: Hyperparameters;
  readonly seed: number;
}

export interface TrainingHooks {
  readonly onProgress: (progress: Progress) => void;
  /** At the end of each of the last epochs, the very last excepted. */
  readonly onCheckpoint: (step: number, weights: Weights) => void;
  readonly grade: (samples: readonly GradedSample[]) => Promise<readonly (number | undefined)[]>;
  /** Aborting ends the worker at once; the promise then rejects with the signal's reason. */
  readonly signal: AbortSignal;
}

export type FromWorker =
  | { readonly kind: 'progress'; readonly progress: Progress }
  | { readonly kind: 'checkpoint'; readonly step: number; readonly weights: Weights }
  | { readonly kind: 'grade'; readonly samples: readonly GradedSample[] }
  | { readonly kind: 'done'; readonly weights: Weights };

export interface ToWorker {
  readonly kind: 'grades';
  readonly rewards: readonly (number | undefined)[];
}

/** Trains in a worker of its own: the server stays responsive, and jax's memory goes back when the worker ends. */
export async function runTraining(spec: TrainingSpec, hooks: TrainingHooks): Promise<Weights> {
  hooks.signal.throwIfAborted();
  const worker = new Worker(new URL('./train-worker.ts', import.meta.url), { workerData: spec, execArgv: [] });
  const { promise, resolve, reject } = Promise.withResolvers<Weights>();
  const abort = (): void => reject(hooks.signal.reason);
  hooks.signal.addEventListener('abort', abort);
  worker.on('message', (message: FromWorker) => {
    switch (message.kind) {
      case 'progress':
        return hooks.onProgress(message.progress);
      case 'checkpoint':
        return hooks.onCheckpoint(message.step, message.weights);
      case 'grade':
        return void hooks
          .grade(message.samples)
          .then((rewards) => worker.postMessage({ kind: 'grades', rewards } satisfies ToWorker), reject);
      case 'done':
        return resolve(message.weights);
    }
  });
  worker.on('error', reject);
  worker.on('exit', (code) => reject(new Error(`the training worker ended early, exit code ${code}`)));
  try {
    return await promise;
  } finally {
    hooks.signal.removeEventListener('abort', abort);
    await worker.terminate();
  }
}
