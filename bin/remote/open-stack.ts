import { InvalidInput } from '../../core/errors.ts';
import { runName } from '../../core/run.ts';
import { s3Store } from '../../providers/s3/store.ts';
import type { Globals } from '../globals.ts';
import { hint } from '../hint.ts';
import { findStack } from './find-stack.ts';
import { type LoopApi, loopApi } from './loop-api.ts';
import { sendTo } from './send.ts';

/** A deployed loop, ready to be talked to. */
export interface Deployed {
  /** Name of the loop. */
  readonly loop: string;
  readonly api: LoopApi;
  /** With the bucket of the loop as the store. */
  readonly globals: Globals;
}

/** Finds the stack. Throws InvalidInput, CredentialRefused, ProviderOverloaded. */
export async function openStack(globals: Globals, name: string): Promise<Deployed> {
  const stack = await findStack(name);
  const { bucket } = stack;
  return {
    loop: stack.loop,
    api: loopApi(sendTo(stack, process.env['AWS_ENDPOINT_URL'])),
    globals: { ...globals, directory: `s3://${bucket}`, store: s3Store({ bucket }), stack: name },
  };
}

/** The name itself, or that of the latest run. Throws InvalidInput for what can be no name, and where there are no runs. */
export async function runNamed({ api, globals }: Deployed, name: string | undefined): Promise<string> {
  if (name !== undefined) {
    const read = runName.safeParse(name);
    if (read.success) return read.data;
    throw new InvalidInput(
      `The run ${name}`,
      read.error.issues.map(({ message }) => message),
    );
  }
  const { runs } = await api.listRuns({ limit: 10 });
  if (runs[0]) return runs[0].run;
  throw new InvalidInput('The command', [
    `there are no runs of this loop yet; start one: ${hint('run loops/support-desk.yaml', globals)}`,
  ]);
}
