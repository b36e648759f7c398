import * as z from 'zod';
import { keys, type Split } from '../../core/artifact-keys.ts';
import { ledgerParts } from '../../core/budget.ts';
import { insistOnTrainer } from '../../core/loop.ts';
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
import { tellTraining } from '../metrics.ts';
import { choiceKey, incumbentOf, roundInput } from '../round.ts';
import type { TrainerServices } from '../services.ts';

/** Seconds until the first look at the job. */
const output = z.strictObject({ waitSeconds: z.int() });

/**
 * dataset → training job. Looks the job up before it creates one: a job that is paid for is never created twice. One that has
 * ended in vain is paid for too: the next one's price is added.
 */
export const startTraining: Step<typeof roundInput, typeof output, TrainerServices> = {
  name: 'start-training',
  input: roundInput,
  output,
  async run({ run: name, round }, services) {
    const { store } = services;
    const run = await readRun(store, name);
    const trainer = services.trainer(run.loop);
    const known = await findArtifact(store, keys.training(name, round), trainingSchema);
    const firstLook = { waitSeconds: insistOnTrainer(run.loop).pollSeconds };
    if (known?.artifact || (known?.job && !(await endedInVain(trainer, known.job)))) return firstLook;

    const training = known ? { ...known, job: null } : await prepare(run, round, trainer, services);
    // Written before the job is created: whoever comes after a crash knows what to look for.
    await writeArtifact(store, keys.training(name, round), { ...training, status: 'creating' });
    const found = await trainer.findByKey(training.key, training.trainFile);
    const usd = await pay(run, round, training, found !== undefined, services);
    const { job } = found ?? (await trainer.create(await requestOf(run, round, training, services)));
    await writeArtifact(store, keys.training(name, round), {
      ...training,
      job,
      createdAt: services.now().toISOString(),
      status: 'created',
      usd,
    });
    tellTraining(services, { run, round }, usd - training.usd);
    return firstLook;
  },
};

async function endedInVain(trainer: Trainer, job: string): Promise<boolean> {
  return ['failed', 'cancelled'].includes((await trainer.get(job)).phase);
}

async function prepare(run: Run, round: number, trainer: Trainer, services: TrainerServices): Promise<Training> {
  const upload = async (split: Split) =>
    (await trainer.upload(`${run.loop.name}-round-${round}-${split}`, recordsOf(services, run, round, split))).file;
  const { hyperparameters } = insistOnTrainer(run.loop);
  const { validation } = await readArtifact(services.store, keys.dataset(run.run, round), datasetSchema);
  return {
    key: `${run.run}/round-${round}`,
    trainFile: await upload('train'),
    validationFile: validation > 0 ? await upload('validation') : null,
    hyperparameters,
    job: null,
    createdAt: null,
    status: 'uploaded',
    artifact: null,
    trainedTokens: null,
    usd: 0,
  };
}

async function* recordsOf(
  { store }: TrainerServices,
  run: Run,
  round: number,
  split: Split,
): AsyncIterable<TrainingRecord> {
  const { method } = insistOnTrainer(run.loop);
  for await (const pair of readRows(store, keys.datasetRows(run.run, round, split), preferencePairSchema)) {
    yield recordsFor(method, pair);
  }
}

/**
 * Before the job is created: its price is known, so there is no need to find out afterwards that it was too much. Gives the
 * price of all jobs of the round.
 */
async function pay(
  run: Run,
  round: number,
  { usd: before }: Training,
  isCreated: boolean,
  { store }: TrainerServices,
): Promise<number> {
  const price = { ...noUsage, usd: insistOnTrainer(run.loop).usdPerJob };
  const inAll = { ...noUsage, usd: before + price.usd };
  const purse = openPurse(store, run, ledgerParts.training(round), isCreated ? inAll : { ...noUsage, usd: before });
  if (!isCreated) (await purse.setAside(price)).settle(price);
  await purse.close();
  return inAll.usd;
}

async function requestOf(
  run: Run,
  round: number,
  training: Training,
  { store }: TrainerServices,
): Promise<TrainingRequest> {
  const { loop } = run;
  const { method } = insistOnTrainer(loop);
  return {
    key: training.key,
    baseModel: await incumbentOf(store, run, round),
    method,
    trainFile: training.trainFile,
    validationFile: training.validationFile ?? undefined,
    hyperparameters: training.hyperparameters,
    grader:
      method === 'reinforcement'
        ? gradersFor(loop.rubric, loop.teacher.model, choiceKey(run, round, 'grader'))
        : undefined,
    seed: seedFor(loop.seed, 'train', round),
    suffix: `${loop.name}-r${round}`,
  };
}
