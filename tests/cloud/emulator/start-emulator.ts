import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { installEmulator } from './install-emulator.ts';

/** How long the emulator may take to answer; it usually takes half a second. */
const startMilliseconds = 30_000;

export interface EmulatorOptions {
  /** What a second of waiting in a state machine takes: of Wait states, of Retry, of a task token's timeout. */
  readonly waitScale?: number;
}

export interface Emulator {
  /** Where every AWS API is, `http://127.0.0.1:PORT`. */
  readonly endpoint: string;
  /** What AWS clients find in their environment: the endpoint, a region and the account's own credentials. */
  readonly environment: Readonly<Record<string, string>>;
  /** A folder that lives as long as the emulator. */
  readonly folder: string;
  /** Ends the emulator with all its functions. */
  readonly stop: () => Promise<void>;
}

/**
 * Starts an empty AWS account on a free port of this machine. It checks IAM permissions, and runs functions with the Node
 * that runs this. It ends with this process, however that ends.
 *
 * @throws Error, with what it logged, when it doesn't come up.
 */
export async function startEmulator({ waitScale = 1 }: EmulatorOptions = {}): Promise<Emulator> {
  const python = await installEmulator();
  const folder = await mkdtemp(join(tmpdir(), 'ratchet-emulator-'));
  const port = await freePort();
  const env = { ...emulatorEnvironment(folder, port), SFN_WAIT_SCALE: String(waitScale) };
  const child = await launch(python, folder, env);
  const stop = async () => {
    await end(child);
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  };
  const endpoint = `http://127.0.0.1:${port}`;
  try {
    await untilReady(endpoint, child);
  } catch (cause) {
    const log = await readFile(logOf(folder), 'utf8');
    await stop();
    throw new Error(`The AWS emulator did not come up. It logged:\n${log}`, { cause });
  }
  return { endpoint, environment: clientEnvironment(endpoint), folder, stop };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('A server on a port has a port.');
  return address.port;
}

/** All that the emulator gets to see, because all of it is passed on to functions. */
function emulatorEnvironment(folder: string, port: number): Record<string, string> {
  return {
    PATH: [dirname(process.execPath), process.env['PATH']].join(delimiter),
    HOME: folder,
    TMPDIR: folder,
    BIND_HOST: '127.0.0.1',
    MINISTACK_HOST: '127.0.0.1',
    GATEWAY_PORT: String(port),
    AUTH: 'true',
  };
}

/** The account's own credentials: the emulator takes the key's twelve digits for the account. */
function clientEnvironment(endpoint: string): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: '000000000000',
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_REGION: 'us-east-1',
  };
}

/** In a process group of its own, to which its functions belong too; it ends when its standard input is closed. */
async function launch(python: string, folder: string, env: NodeJS.ProcessEnv): Promise<ChildProcess> {
  const log = await open(logOf(folder), 'w');
  const stdio = ['pipe' as const, log.fd, log.fd];
  const child = spawn(python, ['-m', 'ministack'], { cwd: folder, env, detached: true, stdio });
  await log.close();
  return child;
}

function logOf(folder: string): string {
  return join(folder, 'emulator.log');
}

async function untilReady(endpoint: string, child: ChildProcess): Promise<void> {
  const deadline = AbortSignal.timeout(startMilliseconds);
  while (!(await isReady(endpoint, deadline))) {
    if (child.exitCode !== null) throw new Error(`It ended with code ${child.exitCode}.`);
    await pause(50, undefined, { signal: deadline });
  }
}

async function isReady(endpoint: string, signal: AbortSignal): Promise<boolean> {
  return fetch(`${endpoint}/_ministack/ready`, { signal }).then(
    ({ ok }) => ok,
    () => false,
  );
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.stdin?.end();
  await once(child, 'exit');
}
