import * as z from 'zod';
import { keys } from '../../core/artifact-keys.ts';
import { ArtifactMissing, TrainingFailed } from '../../core/errors.ts';
import { insistOnTrainer, secondsToNextLook } from '../../core/loop.ts';
import { type Run, type Training, trainingSchema } from '../../core/run.ts';
import { readArtifact, readRun, writeArtifact } from '../artifacts.ts';
import type { Step } from '../define-step.ts';
import { tellAge } from '../metrics.ts';
import { roundInput } from '../round.ts';
import type { TrainerServices } from '../services.ts';

/** `waitSeconds`: until the next look. */
const output = z.strictObject({ phase: z.enum(['running', 'succeeded']), waitSeconds: z.int() });
const succeeded = { phase: 'succeeded', waitSeconds: 0 } as const;

/** training job → its status. A status that nobody knows ends nothing: the job is looked at again. */
export const checkTraining: Step<typeof roundInput, typeof output, TrainerServices> = {
  name: 'check-training',
  input: roundInput,
  output,
  async run({ run: name, round }, services) {
    const run = await readRun(services.store, name);
    const training = await readArtifact(services.store, keys.training(name, round), trainingSchema);
    if (training.artifact !== null) return succeeded;
    if (training.job === null) throw new ArtifactMissing(`${keys.training(name, round)} names no job yet.`);
    const view = await services.trainer(run.loop).get(training.job);
    const { step, of } = view.progress ?? { step: view.phase === 'succeeded' ? 1 : 0, of: 1 };
    services.progress.progress({ step: 'training', round, shard: 0, done: step, of, usd: training.usd });
    await writeArtifact(services.store, keys.training(name, round), {
      ...training,
      status: view.status,
      artifact: view.artifact ?? null,
      trainedTokens: view.trainedTokens ?? null,
    });
    if (view.phase === 'failed' || view.phase === 'cancelled') {
      throw new TrainingFailed(
        `Training job ${training.job} of round ${round} ended as ${view.status}: ${view.message ?? 'no reason given'}. Look at it at the trainer, then resume the run.`,
      );
    }
    if (view.phase === 'succeeded') return succeeded;
    tellAge(services, run);
    const age = ageOf(training, services);
    await endOverdue(training, age, run, services);
    return { phase: 'running', waitSeconds: secondsToNextLook(insistOnTrainer(run.loop), age) };
  },
};

/** In seconds. One whose creation was never answered counts as new. */
function ageOf({ createdAt }: Training, { now }: TrainerServices): number {
  return createdAt === null ? 0 : (now().getTime() - Date.parse(createdAt)) / 1000;
}

/** A status that never ends must not keep a run waiting, nor a job costing, for ever. */
async function endOverdue({ job }: Training, age: number, { loop }: Run, services: TrainerServices): Promise<void> {
  const { maximumHours } = insistOnTrainer(loop);
  if (job === null || age <= maximumHours * 3600) return;
  await services.trainer(loop).cancel(job);
  throw new TrainingFailed(
    `Training job ${job} had not ended after ${maximumHours} hours (trainer.maximumHours) and was cancelled. Resume the run to train again.`,
  );
}
