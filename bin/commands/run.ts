import { Command } from 'commander';
import { z } from 'zod';
import { keys } from '../../core/artifact-keys.ts';
import { InvalidInput } from '../../core/errors.ts';
import type { Store } from '../../core/ports.ts';
import { runName, runSchema } from '../../core/run.ts';
import { findArtifact } from '../../functions/artifacts.ts';
import { readLoopFile } from '../../lib/loop-file/read-loop-file.ts';
import { stageLoop } from '../../lib/loop-file/stage-loop.ts';
import { type Globals, globalsOf, optionsOf, stackOption, whole } from '../globals.ts';
import { hint } from '../hint.ts';
import { withOverrides } from '../loop-overrides.ts';
import { noticesOf } from '../notices.ts';
import { objectsAt } from '../objects-at.ts';
import { type Lease, thenRelease, tryLease, whileLeased } from '../run-lease.ts';
import { startFresh, startFromIncumbent } from '../start-from.ts';

const optionsSchema = z.looseObject({
  run: runName.optional(),
  rounds: whole(1, 20).optional(),
  seed: whole(0, 2_147_483_647).optional(),
  fresh: z.boolean().default(false),
});

export function runCommand(): Command {
  return new Command('run')
    .description('run a loop to its end: here, or in the cloud')
    .argument('<loop>', 'the loop file, such as loops/support-desk.yaml')
    .option('--run <name>', 'name of the run; the same name goes on with the same run')
    .option('--rounds <n>', 'instead of the rounds in the loop file')
    .option('--seed <n>', 'instead of the seed in the loop file')
    .option('--fresh', 'start from the base student again, or from another one: the incumbent is set to it first')
    .addOption(stackOption())
    .action(async (path: string, given: unknown, command: Command) => {
      const globals = globalsOf(command);
      const options = optionsOf(optionsSchema, given);
      if (globals.stack !== undefined) return runDeployed(path, options, globals, globals.stack);
      const source = withOverrides(await readLoopFile(path), options);
      const { loop, version, counts } = await stageLoop(globals.store, source, objectsAt);
      const execute = async ({ run, lost }: Lease): Promise<void> => {
        await insistOnSameLoop(globals, run, version);
        await (options.fresh ? startFresh : startFromIncumbent)(globals.store, loop, source.file.student.model);
        // Heavy, and of no use to a command that was mistyped.
        const { followRun } = await import('../follow-run.ts');
        await followRun(
          { run, loop, version, seed: source.file.seed },
          lost,
          globals,
          noticesOf(counts, source.file.trainer ? source.file.evaluation.minimumPrompts : 0),
        );
      };
      if (options.run !== undefined) await whileLeased(globals.store, options.run, execute);
      else await thenRelease(await leaseFreeName(globals.store, loop), execute);
    });
}

async function runDeployed(
  path: string,
  { rounds, ...options }: z.infer<typeof optionsSchema>,
  globals: Globals,
  stack: string,
): Promise<void> {
  const source = withOverrides(await readLoopFile(path), { rounds });
  // The AWS SDK is heavy, and of no use to a loop on this machine.
  const { startDeployed } = await import('../remote/start-deployed.ts');
  await startDeployed(source, options, globals, stack);
}

/** A run is frozen: an edited loop file must not seem to change one that has begun. */
async function insistOnSameLoop(globals: Globals, run: string, version: string): Promise<void> {
  const begun = await findArtifact(globals.store, keys.run(run), runSchema);
  if (!begun || begun.version === version) return;
  throw new InvalidInput(`The run ${run}`, [
    `it was begun with other settings or prompts; go on with it as it was: ${hint(`resume ${run}`, globals)}`,
    'or leave --run out, or name another: that starts a new run with the new settings',
  ]);
}

/** `support-desk-1`, `support-desk-2`, …: short, in order, and the same in every fresh clone. Two never get the same one. */
async function leaseFreeName(store: Store, loop: string): Promise<Lease> {
  const isPlanned = async (run: string) => (await store.read(keys.run(run))) !== undefined;
  for (let number = 1; ; number++) {
    const run = `${loop}-${number}`;
    if (await isPlanned(run)) continue;
    const lease = await tryLease(store, run);
    if (!('release' in lease)) continue;
    // Another one may have planned it, and ended, since the first look.
    if (!(await isPlanned(run))) return lease;
    await lease.release();
  }
}
