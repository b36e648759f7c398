/** The training worker: one job, then it ends. See `training-job.ts` for the other side. */
import { once } from 'node:events';
import { parentPort, workerData } from 'node:worker_threads';
import type { Course } from './course.ts';
import type { Weights } from './shape.ts';
import { trainPreference } from './train-preference.ts';
import { type Grade, trainReinforcement } from './train-reinforcement.ts';
import { trainSupervised } from './train-supervised.ts';
import type { FromWorker, ToWorker, TrainingSpec } from './training-job.ts';
import { preferencePairs, rewardedPrompts, supervisedSequences } from './training-lines.ts';

/** Checkpoints are kept for this many of the last epochs, as OpenAI does. */
const keptEpochs = 3;

const spec = workerData as TrainingSpec;
const port = parentPort;
if (!port) throw new Error('train-worker.ts runs as a worker thread');
const post = (message: FromWorker): void => port.postMessage(message);

const course: Course & { beta: number; rpoAlpha: number; groupSize: number } = {
  ...spec.hyperparameters,
  seed: spec.seed,
  onStep: (progress, weights) => {
    post({ kind: 'progress', progress });
    if (endsEpoch(progress.step)) post({ kind: 'checkpoint', step: progress.step, weights });
  },
};
post({ kind: 'done', weights: await train() });

function train(): Promise<Weights> {
  const { method, start, lines } = spec;
  switch (method) {
    case 'supervised':
      return trainSupervised(start, supervisedSequences(lines), course);
    case 'dpo':
      return trainPreference(start, preferencePairs(lines), course);
    case 'reinforcement':
      return trainReinforcement(start, rewardedPrompts(lines), grade, course);
  }
}

function endsEpoch(step: number): boolean {
  const { epochs, totalSteps } = spec.hyperparameters;
  if (step === totalSteps) return false;
  const epochAt = (at: number): number => Math.floor((at * epochs) / totalSteps);
  return epochAt(step) > epochAt(step - 1) && epochAt(step) > epochs - keptEpochs;
}

/** Grades come from the main thread, where the other models live. */
async function grade(samples: Parameters<Grade>[0]): ReturnType<Grade> {
  post({ kind: 'grade', samples });
  const [answer] = (await once(port as NonNullable<typeof port>, 'message')) as [ToWorker];
  return answer.rewards;
}
