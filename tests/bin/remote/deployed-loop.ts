import type { ChildProcess } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { readLoopFile } from '../../../lib/loop-file/read-loop-file.ts';
import { surveyLoop } from '../../../lib/loop-file/stage-loop.ts';
import { type Outcome, ratchet } from '../command-line.ts';
import { smallLoop } from '../small-loop.ts';
import { type Script, startStack } from './fake-stack.ts';
import { artifactsOfRun } from './sample-views.ts';

export interface DeployedLoop {
  readonly stack: Awaited<ReturnType<typeof startStack>>;
  /** The loop file. */
  readonly file: string;
  readonly directory: string;
  /** Runs a command with `--stack ratchet-small`. */
  there(words: readonly string[], onLine?: (line: string, child: ChildProcess) => void): Promise<Outcome>;
}

/** The small loop, deployed: with a bucket in which the run of the samples has come to its end. */
export async function whileDeployed(script: Script, action: (deployed: DeployedLoop) => Promise<void>): Promise<void> {
  const { directory, file } = await smallLoop();
  const { document } = await surveyLoop(await readLoopFile(file));
  const stack = await startStack(script, artifactsOfRun(document));
  try {
    await action({
      stack,
      file,
      directory,
      there: (words, onLine) => ratchet([...words, '--stack', 'ratchet-small'], onLine, { env: stack.env }),
    });
  } finally {
    await stack.close();
    await rm(directory, { recursive: true, force: true });
  }
}
