import { z } from 'zod';
import { keys } from '../../core/artifact-keys.ts';
import { ledgerParts } from '../../core/budget.ts';
import { preferencePairSchema } from '../../core/pairs/preference-pair.ts';
import type { Trainer, TrainingRecord, TrainingRequest } from '../../core/ports.ts';
import { seedFor } from '../../core/random.ts';
import { datasetSchema } from '../../core/report.ts';
import { type Run, type Training, trainingSchema } from '../../core/run.ts';
import { gradersFor } from '../../core/training/grader.ts';
import { recordsFor } from '../../core/training/records.ts';
import { noUsage } from '../../core/usage.ts';
import { findArtifact, readArtifact, readRows, readRun, writeArtifact } from '../artifacts.ts';
import { openPurse } from '../budget.ts';
import type { Step } from '../define-step.ts';
import { choiceKey, incumbentOf, roundInput } from '../round.ts';
import type { Services } from '../services.ts';

const output = z.null();

/** dataset → training job. Looks the job up before it creates one: a job that is paid for is never created twice. */
export const startTraining: Step<typeof roundInput, typeof output> = {
  name: 'start-training',
  input: roundInput,
  output,
  async run({ run: name, round }, services) {
    const { store } = services;
    const run = await readRun(store, name);
    const trainer = services.trainer(run.loop);
    const known = await findArtifact(store, keys.training(name, round), trainingSchema);
    if (known?.artifact || (known?.job && !(await endedInVain(trainer, known.job)))) return null;

    const training = known ? { ...known, job: null } : await prepare(run, round, trainer, services);
    // Written before the job is created: whoever comes after a crash knows what to look for.
    await writeArtifact(store, keys.training(name, round), { ...training, status: 'creating' });
    const found = await trainer.findByKey(training.key, training.trainFile);
    await pay(run, round, training, found !== undefined, services);
    const { job } = found ?? (await trainer.create(await requestOf(run, round, training, services)));
    await writeArtifact(store, keys.training(name, round), {
      ...training,
      job,
      createdAt: services.now().toISOString(),
      status: 'created',
    });
    return null;
  },
};

async function endedInVain(trainer: Trainer, job: string): Promise<boolean> {
  return ['failed', 'cancelled'].includes((await trainer.get(job)).phase);
}

async function prepare(run: Run, round: number, trainer: Trainer, services: Services): Promise<Training> {
  const upload = async (split: 'train' | 'validation') =>
    (await trainer.upload(`${run.loop.name}-round-${round}-${split}`, recordsOf(services, run, round, split))).file;
  const { validation } = await readArtifact(services.store, keys.dataset(run.run, round), datasetSchema);
  return {
    key: `${run.run}/round-${round}`,
    trainFile: await upload('train'),
    validationFile: validation > 0 ? await upload('validation') : null,
    hyperparameters: run.loop.trainer.hyperparameters,
    job: null,
    createdAt: null,
    status: 'uploaded',
    artifact: null,
    trainedTokens: null,
    usd: run.loop.trainer.usdPerJob,
  };
}

async function* recordsOf(
  { store }: Services,
  run: Run,
  round: number,
  split: 'train' | 'validation',
): AsyncIterable<TrainingRecord> {
  for await (const pair of readRows(store, keys.datasetRows(run.run, round, split), preferencePairSchema)) {
    yield recordsFor(run.loop.trainer.method, pair);
  }
}

/** Before the job is created: its price is known, so there is no need to find out afterwards that it was too much. */
async function pay(run: Run, round: number, { usd }: Training, isCreated: boolean, { store }: Services): Promise<void> {
  const purse = await openPurse(store, run, ledgerParts.training(round));
  if (!isCreated) purse.insist(usd);
  purse.spend({ ...noUsage, usd });
  await purse.close();
}

async function requestOf(run: Run, round: number, training: Training, { store }: Services): Promise<TrainingRequest> {
  const { loop } = run;
  return {
    key: training.key,
    baseModel: await incumbentOf(store, run, round),
    method: loop.trainer.method,
    trainFile: training.trainFile,
    validationFile: training.validationFile ?? undefined,
    hyperparameters: training.hyperparameters,
    grader:
      loop.trainer.method === 'reinforcement'
        ? gradersFor(loop.rubric, loop.teacher.model, choiceKey(run, round, 'grader'))
        : undefined,
    seed: seedFor(loop.seed, 'train', round),
    suffix: `${loop.name}-r${round}`,
  };
}
