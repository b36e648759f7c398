import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HistoryEvent } from '@aws-sdk/client-sfn';
import type { RunView, StudentView } from '../../../core/api.ts';
import { keys } from '../../../core/artifact-keys.ts';
import type { Store } from '../../../core/ports.ts';
import { gather } from '../../../functions/artifacts.ts';
import { readLoopFile } from '../../../lib/loop-file/read-loop-file.ts';
import { stageLoop } from '../../../lib/loop-file/stage-loop.ts';
import { s3Store } from '../../../providers/s3/store.ts';
import { plantedPrompts } from '../../endpoint-simulator/planted-responses.ts';
import { studentModel, teacherModel } from '../../endpoint-simulator/read-call.ts';
import { type DeployedLoop, deployLoop } from '../deployed-loop.ts';
import { until } from '../emulator/until.ts';
import { Account } from './account.ts';
import { historyOf } from './executions.ts';
import { PlantedEndpoint } from './planted-endpoint.ts';
import { signalWorkers } from './workers.ts';

const LOOP = 'planted';
/** Trainers take no fewer than ten pairs. */
const TRAIN = 14;
const HELD_OUT = 6;
const secretName = 'planted-key';

/** A small loop at an endpoint that knows the truth, deployed to an account of its own. Waits take a hundredth of their time. */
export interface PlantedLoop {
  readonly desk: DeployedLoop;
  readonly endpoint: PlantedEndpoint;
  readonly account: Account;
  readonly store: Store;
  /** Starts a run, with other settings where some are given. */
  start(run: string, settings?: Settings): Promise<void>;
  /** Settings in which student and teacher have these. */
  models(settings: Settings): Settings;
  resume(run: string): Promise<void>;
  stop(run: string): Promise<void>;
  view(run: string): Promise<RunView>;
  /** The run, once it runs no more. */
  endOf(run: string): Promise<RunView>;
  student(): Promise<StudentView>;
  /** Resolves when a run has called the function of a step, whether that has answered or not. */
  called(step: string, run: string): Promise<void>;
  /** How many calls of a run's part are recorded. */
  recorded(run: string, part: 'responses' | 'verdicts' | 'evaluation'): Promise<number>;
  /** Puts a key into the loop's secret. */
  setKey(key: string): Promise<void>;
  /** Changes the time limit of a step's function. */
  setTimeout(step: string, seconds: number): Promise<void>;
  signal(step: string, signal: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): Promise<void>;
  close(): Promise<void>;
}

/** Of the top level of the loop file. */
export type Settings = Readonly<Record<string, unknown>>;

export async function deployPlanted(settings: Settings = {}): Promise<PlantedLoop> {
  const endpoint = await new PlantedEndpoint().open();
  const directory = await mkdtemp(join(tmpdir(), 'ratchet-planted-'));
  const loop = { ...(await loopIn(directory, endpoint.url)), ...settings };
  const desk = await deployLoop({
    settings: loop,
    sandboxUrl: endpoint.url,
    context: { secrets: `PLANTED_KEY=${secretName}` },
    emulator: { waitScale: 0.01 },
  });
  const { emulator, call } = desk;
  const account = new Account(emulator);
  await account.json('secretsmanager', 'secretsmanager.CreateSecret', { Name: secretName, SecretString: endpoint.key });
  const store = s3Store({ bucket: desk.outputs['Bucket'] ?? '' });

  async function stage(other: Settings): Promise<string> {
    const file = join(directory, 'other.yaml');
    await writeFile(file, JSON.stringify({ ...loop, ...other }));
    return (await stageLoop(store, await readLoopFile(file))).version;
  }

  async function asked(path: string, body: unknown): Promise<void> {
    const { status, body: answer } = await call<unknown>('POST', path, body);
    if (status > 299) throw new Error(`POST ${path} was answered ${status}: ${JSON.stringify(answer)}`);
  }

  return {
    desk,
    endpoint,
    account,
    store,
    start: async (run, other) =>
      asked('/runs', { runId: run, ...(other === undefined ? {} : { version: await stage(other) }) }),
    models: (other) => ({ student: { ...loop.student, ...other }, teacher: { ...loop.teacher, ...other } }),
    resume: (run) => asked(`/runs/${run}/resume`, {}),
    stop: (run) => asked(`/runs/${run}/stop`, { reason: 'a test' }),
    view: async (run) => (await call('GET', `/runs/${run}`)).body,
    endOf: (run) => desk.runWhere(run, ({ status }) => status !== 'running', 90),
    student: async () => (await call<StudentView>('GET', '/student')).body,
    async called(step, run) {
      const end = `:${LOOP}-${step}`;
      const isCall = ({ taskScheduledEventDetails }: HistoryEvent) =>
        taskScheduledEventDetails?.resource?.endsWith(end);
      await until(`call of ${step}`, async () => (await historyOf(desk, run)).some(isCall) || undefined);
    },
    async recorded(run, part) {
      let lines = 0;
      for (const key of await gather(store.list(keys.calls(run, 1, part, 0)))) {
        lines += (await gather(store.lines(key))).length;
      }
      return lines;
    },
    async setKey(key) {
      await account.json('secretsmanager', 'secretsmanager.PutSecretValue', {
        SecretId: secretName,
        SecretString: key,
      });
    },
    async setTimeout(step, seconds) {
      const path = `/2015-03-31/functions/${LOOP}-${step}/configuration`;
      await account.rest('lambda', 'PUT', path, { Timeout: seconds });
    },
    async signal(step, signal) {
      await signalWorkers(emulator, `${LOOP}-${step}`, signal);
    },
    async close() {
      await desk.close();
      await endpoint.close();
      await rm(directory, { recursive: true });
    },
  };
}

/** Beside its prompts and its skill. */
async function loopIn(directory: string, url: string) {
  const skill = { purpose: 'Answers of a shop.', rules: ['State the price, the weight and the warranty.'] };
  const rows = (from: number, to: number) =>
    plantedPrompts(to)
      .slice(from)
      .map((prompt) => `${JSON.stringify(prompt)}\n`)
      .join('');
  await writeFile(join(directory, 'skill.yaml'), JSON.stringify(skill));
  await writeFile(join(directory, 'train.jsonl'), rows(0, TRAIN));
  await writeFile(join(directory, 'held-out.jsonl'), rows(TRAIN, TRAIN + HELD_OUT));
  const endpoint = { endpoint: url, apiKeyEnv: 'PLANTED_KEY' };
  return {
    name: LOOP,
    skill: directory,
    prompts: { train: join(directory, 'train.jsonl'), heldOut: join(directory, 'held-out.jsonl') },
    student: { ...endpoint, model: studentModel },
    teacher: { ...endpoint, model: teacherModel },
    trainer: endpoint,
    sampling: { responses: 4, maxTokens: 128 },
    pairs: { minimum: 1, validationShare: 0 },
    evaluation: { alpha: 0.5, minimumPrompts: 1 },
    shards: { prompts: TRAIN, atOnce: 1 },
    // Each call is to be counted by itself.
    reuseDays: 0,
    schedule: { cron: 'cron(0 3 ? * MON *)', paused: true },
  };
}
