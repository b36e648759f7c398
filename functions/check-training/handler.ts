import { z } from 'zod';
import { keys } from '../../core/artifact-keys.ts';
import { ArtifactMissing, TrainingFailed } from '../../core/errors.ts';
import { insistOnTrainer } from '../../core/loop.ts';
import { type Run, type Training, trainingSchema } from '../../core/run.ts';
import { readArtifact, readRun, writeArtifact } from '../artifacts.ts';
import type { Step } from '../define-step.ts';
import { roundInput } from '../round.ts';
import type { Services } from '../services.ts';

const output = z.strictObject({ phase: z.enum(['running', 'succeeded']) });

/** training job → its status. A status that nobody knows ends nothing: the job is looked at again. */
export const checkTraining: Step<typeof roundInput, typeof output> = {
  name: 'check-training',
  input: roundInput,
  output,
  async run({ run: name, round }, services) {
    const run = await readRun(services.store, name);
    const training = await readArtifact(services.store, keys.training(name, round), trainingSchema);
    if (training.artifact !== null) return { phase: 'succeeded' };
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
    if (view.phase === 'succeeded') return { phase: 'succeeded' };
    await endOverdue(training, run, services);
    return { phase: 'running' };
  },
};

/** A status that never ends must not keep a run waiting, nor a job costing, for ever. */
async function endOverdue({ job, createdAt }: Training, { loop }: Run, services: Services): Promise<void> {
  const { maximumHours } = insistOnTrainer(loop);
  const hours = (services.now().getTime() - Date.parse(createdAt ?? '')) / 3_600_000;
  if (job === null || !(hours > maximumHours)) return;
  await services.trainer(loop).cancel(job);
  throw new TrainingFailed(
    `Training job ${job} had not ended after ${maximumHours} hours (trainer.maximumHours) and was cancelled. Resume the run to train again.`,
  );
}
