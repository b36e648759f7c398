import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { apiAddress } from '../../bin/remote/api-address.ts';
import { signedFetch } from '../../bin/remote/signed-fetch.ts';
import type { RunView } from '../../core/api.ts';
import { type Outcome, ratchet } from '../bin/command-line.ts';
import { bootstrap, type Context, deploy } from './emulator/cdk.ts';
import { type Emulator, type EmulatorOptions, startEmulator } from './emulator/start-emulator.ts';
import { until } from './emulator/until.ts';

const program = join(import.meta.dirname, '../../bin/ratchet.ts');
const skill = join(import.meta.dirname, '../../skills/support-desk');

/** What the API answers. */
export interface Answered<Body> {
  readonly status: number;
  readonly type: string | null;
  readonly body: Body;
}

/** An AWS account in which one loop is deployed, and the endpoint that it calls. */
export interface DeployedLoop {
  readonly emulator: Emulator;
  readonly stack: string;
  readonly outputs: Readonly<Record<string, string>>;
  readonly file: string;
  /** A signed request to the deployed API. */
  call<Body = RunView>(method: string, path: string, body?: unknown): Promise<Answered<Body>>;
  /** The run, once it is as wanted. */
  runWhere(run: string, isWanted: (view: RunView) => boolean, seconds?: number): Promise<RunView>;
  /** The real command line, with `--stack`. */
  ratchet(...words: readonly string[]): Promise<Outcome>;
  /** Deploys again, with these settings in the loop file. */
  redeploy(settings: Readonly<Record<string, unknown>>): Promise<string>;
  close(): Promise<void>;
}

export interface DeployOptions {
  /** Instead of what the support desk's loop file says, of its top level. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** The first so many prompts to learn from; all where it is left out. */
  readonly prompts?: number;
  readonly context?: Context;
  readonly emulator?: EmulatorOptions;
  /** The endpoint that `sandbox` stands for; without it a sandbox server is started. */
  readonly sandboxUrl?: string;
}

/** Starts the emulator, and deploys the support desk's loop to it with the real CDK command line. */
export async function deployLoop(options: DeployOptions = {}): Promise<DeployedLoop> {
  const directory = await mkdtemp(join(tmpdir(), 'ratchet-cloud-'));
  const sandbox = options.sandboxUrl === undefined ? await startSandbox(directory) : undefined;
  const sandboxUrl = options.sandboxUrl ?? sandbox?.url ?? '';
  const emulator = await startEmulator(options.emulator);
  await bootstrap(emulator);
  const file = await writeLoop(directory, options);
  const context = { sandboxUrl, ...options.context };
  const { outputs } = await deploy(emulator, file, context);
  const stack = `ratchet-${outputs['LoopName']}`;
  const base = apiAddress(outputs['ApiUrl'] ?? '', emulator.endpoint);
  const send = signedIn(emulator);
  const call = async <Body>(method: string, path: string, body?: unknown): Promise<Answered<Body>> => {
    const headers = body === undefined ? {} : { 'content-type': 'application/json' };
    const text = body === undefined ? undefined : JSON.stringify(body);
    const answer = await send(new URL(path.replace(/^\//, ''), base), { method, headers, body: text });
    const type = answer.headers.get('content-type');
    return { status: answer.status, type, body: (await answer.json()) as Body };
  };
  return {
    emulator,
    stack,
    outputs,
    file,
    call,
    runWhere: (run, isWanted, seconds = 240) =>
      until(
        `run ${run} as wanted`,
        async () => {
          const { status, body } = await call<RunView>('GET', `/runs/${run}`);
          if (status > 499) throw new Error(`GET /runs/${run} was answered ${status}: ${JSON.stringify(body)}`);
          return status === 200 && isWanted(body) ? body : undefined;
        },
        seconds,
      ),
    ratchet: (...words) => ratchet([...words, '--stack', stack], undefined, { env: emulator.environment }),
    async redeploy(settings) {
      await writeLoop(directory, { ...options, settings: { ...options.settings, ...settings } });
      return (await deploy(emulator, file, context)).log;
    },
    async close() {
      await emulator.stop();
      await sandbox?.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** As the command line signs, with the account's own credentials. */
function signedIn({ environment }: Emulator) {
  Object.assign(process.env, environment);
  return signedFetch('us-east-1');
}

async function writeLoop(directory: string, { settings = {}, prompts }: DeployOptions): Promise<string> {
  const file = join(directory, 'loop.yaml');
  await writeFile(join(directory, 'train.jsonl'), await firstLines('prompts-train.jsonl', prompts));
  await writeFile(join(directory, 'held-out.jsonl'), await firstLines('prompts-held-out.jsonl', prompts));
  // JSON is YAML too.
  await writeFile(file, JSON.stringify({ ...loop, ...settings }, null, 2));
  return file;
}

/** The support desk's own loop, but for one round: four take the sandbox a minute and a half. */
const loop = {
  name: 'support-desk',
  skill,
  prompts: { train: 'train.jsonl', heldOut: 'held-out.jsonl' },
  student: { endpoint: 'sandbox', model: 'desk-base', price: { prompt: 0.1, completion: 0.4 } },
  teacher: { endpoint: 'sandbox', model: 'desk-teacher', price: { prompt: 0.4, completion: 1.6 } },
  trainer: {
    endpoint: 'sandbox',
    method: 'dpo',
    hyperparameters: { beta: 0.5, rpo_alpha: 2, learning_rate_multiplier: 3 },
    pollSeconds: 1,
  },
  sampling: { responses: 6, temperature: 1, maxTokens: 40 },
  pairs: { maximumLengthRatio: 3 },
  shards: { prompts: 32, atOnce: 2 },
};

async function firstLines(file: string, count: number | undefined): Promise<string> {
  const text = await readFile(join(skill, file), 'utf8');
  return count === undefined ? text : text.split('\n').slice(0, count).join('\n');
}

/** The sandbox as its users start it, in a process of its own: training keeps one busy. */
async function startSandbox(directory: string) {
  const child = spawn(process.execPath, [program, '--store', directory, '--json', 'sandbox', '--port', '0'], {
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'] },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  return {
    url: (JSON.parse(line) as { readonly url: string }).url,
    async close() {
      child.kill('SIGTERM');
      await once(child, 'close');
    },
  };
}
