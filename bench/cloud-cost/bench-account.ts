import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { S3Client } from '@aws-sdk/client-s3';
import { functionFolders } from '../../lib/bundle-function.ts';
import { readLoopFile } from '../../lib/loop-file/read-loop-file.ts';
import { stageLoop } from '../../lib/loop-file/stage-loop.ts';
import { s3Store } from '../../providers/s3/store.ts';
import { bootstrap, deploy } from '../../tests/cloud/emulator/cdk.ts';
import { type Emulator, startEmulator } from '../../tests/cloud/emulator/start-emulator.ts';
import { plantedPrompts } from '../../tests/endpoint-simulator/planted-responses.ts';
import { studentModel, teacherModel } from '../../tests/endpoint-simulator/read-call.ts';
import { countStore, type Left } from './count-store.ts';
import { type Latency, type PlantedEndpoint, startPlantedEndpoint } from './planted-endpoint.ts';
import { type RequestMeter, requestMeter } from './request-meter.ts';

export const LOOP = 'bench';

/** What one run of the benchmark is of. */
export interface Wish extends Latency {
  readonly run: string;
  readonly train: number;
  readonly heldOut: number;
  /** Prompts a shard, and shards at once. */
  readonly shards: { readonly prompts: number; readonly atOnce: number };
  readonly callsAtOnce: number;
  readonly budget?: { readonly calls: number };
}

/** An account in the emulator, with a loop deployed whose functions' requests to AWS are counted. */
export interface BenchAccount {
  readonly emulator: Emulator;
  readonly outputs: Readonly<Record<string, string>>;
  readonly endpoint: PlantedEndpoint;
  readonly meter: RequestMeter;
  /** Stages the loop of a run in the store, as `ratchet run LOOP.yaml --stack` does. Gives its version. */
  stage(wish: Wish): Promise<string>;
  left(run: string): Promise<Left>;
  close(): Promise<void>;
}

export async function openAccount(first: Wish): Promise<BenchAccount> {
  const directory = await mkdtemp(join(tmpdir(), 'ratchet-cost-'));
  const endpoint = await startPlantedEndpoint();
  // A look at a job that has ended already need not be waited for.
  const emulator = await startEmulator({ waitScale: 0.01 });
  await bootstrap(emulator);
  const { outputs } = await deploy(emulator, await writeLoop(directory, endpoint, first));
  const meter = requestMeter(emulator.endpoint);
  await pointFunctions(emulator, meter);
  const client = new S3Client({ ...clientSettings(emulator), forcePathStyle: true });
  const store = s3Store({ bucket: outputs['Bucket'] ?? '', client });
  return {
    emulator,
    outputs,
    endpoint,
    meter,
    async stage(wish) {
      const file = await writeLoop(directory, endpoint, wish);
      return (await stageLoop(store, await readLoopFile(file))).version;
    },
    left: (run) => countStore(client, outputs['Bucket'] ?? '', run),
    async close() {
      client.destroy();
      await emulator.stop();
      await meter.close();
      await endpoint.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

export function clientSettings({ endpoint }: Emulator) {
  const credentials = { accessKeyId: '000000000000', secretAccessKey: 'secret' };
  return { endpoint, region: 'us-east-1', credentials };
}

/** Everything that a loop file leaves out has its default. */
async function writeLoop(directory: string, endpoint: PlantedEndpoint, wish: Wish): Promise<string> {
  const folder = join(directory, wish.run);
  await mkdir(folder, { recursive: true });
  const url = endpoint.urlFor(wish.run, wish);
  const { callsAtOnce, shards, budget = {} } = wish;
  const loop = {
    name: LOOP,
    skill: '.',
    prompts: { train: 'train.jsonl', heldOut: 'held-out.jsonl' },
    student: { endpoint: url, model: studentModel, callsAtOnce },
    teacher: { endpoint: url, model: teacherModel, callsAtOnce },
    trainer: { endpoint: url },
    shards,
    budget,
  };
  const skill = { purpose: 'Answers of a shop.', rules: ['State the price, the weight and the warranty.'] };
  const prompts = plantedPrompts(wish.train + wish.heldOut).map((prompt) => JSON.stringify(prompt));
  await writeFile(join(folder, 'loop.yaml'), JSON.stringify(loop));
  await writeFile(join(folder, 'skill.yaml'), JSON.stringify(skill));
  await writeFile(join(folder, 'train.jsonl'), prompts.slice(0, wish.train).join('\n'));
  await writeFile(join(folder, 'held-out.jsonl'), prompts.slice(wish.train).join('\n'));
  return join(folder, 'loop.yaml');
}

/** Each function sends to a port of its own, by which it is known. */
async function pointFunctions(emulator: Emulator, meter: RequestMeter): Promise<void> {
  for (const folder of functionFolders()) {
    const path = `/2015-03-31/functions/${LOOP}-${folder.replace('/', '-')}/configuration`;
    const ask = (method: string, body?: unknown) =>
      fetch(`${emulator.endpoint}${path}`, {
        method,
        headers: rootHeaders,
        body: body === undefined ? null : JSON.stringify(body),
      });
    const found = await ask('GET');
    // One that this loop does not need, such as the clock's.
    if (found.status === 404) continue;
    const { Environment } = (await found.json()) as { readonly Environment?: { readonly Variables?: object } };
    const Variables = { ...Environment?.Variables, AWS_ENDPOINT_URL: await meter.addressFor(folder) };
    const changed = await ask('PUT', { Environment: { Variables } });
    if (!changed.ok) throw new Error(`The function ${folder} can't be pointed at the meter: ${await changed.text()}`);
  }
}

/** The emulator takes the account's own key for the account, whatever it has signed. */
const rootHeaders = {
  authorization:
    'AWS4-HMAC-SHA256 Credential=000000000000/20260101/us-east-1/lambda/aws4_request, SignedHeaders=host, Signature=0',
  'content-type': 'application/json',
};
