import { spawn } from 'node:child_process';
import { once } from 'node:events';

export interface ProgramOptions {
  readonly cwd?: string;
  /** The whole environment of the program; without it, that of this process. */
  readonly env?: NodeJS.ProcessEnv;
}

/**
 * Runs a program to its end.
 *
 * @returns what it wrote, standard output and standard error as they came.
 * @throws Error, with what it wrote, when it can't be started or ends with another code than 0.
 */
export async function runProgram(
  program: string,
  words: readonly string[],
  { cwd, env = process.env }: ProgramOptions = {},
): Promise<string> {
  const child = spawn(program, words, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let written = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      written += text;
    });
  }
  const [code, signal] = await once(child, 'close');
  if (code === 0) return written;
  throw new Error(`${[program, ...words].join(' ')} ended with ${signal ?? code}:\n${written}`);
}
