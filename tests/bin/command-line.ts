import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const program = join(import.meta.dirname, '../../bin/ratchet.ts');

export interface Outcome {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: readonly string[];
  readonly stderr: string;
}

/** Runs the real command line, without a terminal. `onLine` sees each line of its standard output as it comes. */
export async function ratchet(
  words: readonly string[],
  onLine: (line: string, child: ChildProcess) => void = () => undefined,
  {
    env,
    ...as
  }: { readonly uid?: number; readonly gid?: number; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<Outcome> {
  // Not the whole environment: jest asks its children for colours.
  const ownEnv = { PATH: process.env['PATH'], HOME: process.env['HOME'], ...env };
  const child = spawn(process.execPath, [program, ...words], { env: ownEnv, ...as });
  const stdout: string[] = [];
  let stderr = '';
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  createInterface(child.stdout).on('line', (line) => {
    stdout.push(line);
    onLine(line, child);
  });
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  return { code, signal, stdout, stderr };
}

/** What `--json` says, line by line. */
export interface Event {
  readonly event: string;
  readonly [field: string]: unknown;
}

export function eventsOf({ stdout }: Outcome): Event[] {
  return stdout.map((line) => JSON.parse(line));
}
