import { readFile, rm } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { runProgram } from './run-program.ts';
import type { Emulator } from './start-emulator.ts';

const root = join(import.meta.dirname, '../../..');
const cli = join(root, 'node_modules/.bin/cdk');
const ourApp = 'node bin/app.ts';

/** Context of the app: `-c name=value`. */
export type Context = Readonly<Record<string, string>>;

export interface Deployment {
  /** The outputs of the app's one stack, by name. */
  readonly outputs: Readonly<Record<string, string>>;
  /** All that the CDK CLI wrote. */
  readonly log: string;
}

/** Prepares the account for CDK. @throws Error with what the CLI wrote. */
export async function bootstrap(emulator: Emulator): Promise<string> {
  // Not where our cdk.json is: the account is prepared without our app.
  return cdk(emulator, ['bootstrap', 'aws://000000000000/us-east-1'], emulator.folder);
}

/** Deploys the stack of a loop file with the real CDK CLI. @throws Error with what the CLI wrote. */
export async function deploy(emulator: Emulator, loopFile: string, context: Context = {}): Promise<Deployment> {
  return deployApp(emulator, ourApp, { loop: loopFile, ...context });
}

/** Destroys the stack of a loop file. @throws Error with what the CLI wrote. */
export async function destroy(emulator: Emulator, loopFile: string, context: Context = {}): Promise<string> {
  return cdk(emulator, ['destroy', '--all', '--force', ...appWords(emulator, ourApp, { loop: loopFile, ...context })]);
}

/** The same for any CDK app of one stack, by the command that runs it. */
export async function deployApp(emulator: Emulator, app: string, context: Context = {}): Promise<Deployment> {
  const outputsFile = join(emulator.folder, 'outputs.json');
  await rm(outputsFile, { force: true });
  const words = ['--all', '--require-approval', 'never', '--outputs-file', outputsFile];
  const log = await cdk(emulator, ['deploy', ...words, ...appWords(emulator, app, context)]);
  return { outputs: await outputsIn(outputsFile), log };
}

function appWords(emulator: Emulator, app: string, context: Context): string[] {
  const settings = Object.entries(context).flatMap(([name, value]) => ['--context', `${name}=${value}`]);
  return ['--app', app, '--output', join(emulator.folder, 'cdk.out'), ...settings];
}

/** The CLI writes no file for a stack without outputs. */
async function outputsIn(file: string): Promise<Deployment['outputs']> {
  const stacks: Record<string, Record<string, string>> = JSON.parse(await readFile(file, 'utf8').catch(() => '{}'));
  return Object.assign({}, ...Object.values(stacks));
}

async function cdk(emulator: Emulator, words: readonly string[], cwd = root): Promise<string> {
  return runProgram(cli, ['--no-notices', ...words], { cwd, env: cliEnvironment(emulator) });
}

/** Nothing of the user's: no profile, no credentials, no settings of CDK. */
function cliEnvironment({ environment, folder }: Emulator): NodeJS.ProcessEnv {
  return {
    ...environment,
    PATH: [dirname(process.execPath), process.env['PATH']].join(delimiter),
    HOME: folder,
    CI: 'true',
    CDK_DISABLE_CLI_TELEMETRY: 'true',
  };
}
