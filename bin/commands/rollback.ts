import { Command } from 'commander';
import { z } from 'zod';
import { keys } from '../../core/artifact-keys.ts';
import { InvalidInput } from '../../core/errors.ts';
import { registrySchema, withRollback } from '../../core/registry.ts';
import { updateArtifact } from '../../functions/artifacts.ts';
import { globalsOf, optionsOf } from '../globals.ts';
import { hint } from '../hint.ts';
import { findRegistry } from './models.ts';

const optionsSchema = z.looseObject({ to: z.string().optional(), reason: z.string().default('') });

export function rollbackCommand(): Command {
  return new Command('rollback')
    .description('move the pointer back: the student before the incumbent, or an earlier one, is the incumbent again')
    .argument('[loop]', 'name of the loop; may be left out where there is one only')
    .option('--to <model>', 'a student in the loop’s lineage')
    .option('--reason <text>', 'kept in the lineage')
    .action(async (name: string | undefined, given: unknown, command: Command) => {
      const globals = globalsOf(command);
      const { store, json } = globals;
      const { to, reason } = optionsOf(optionsSchema, given);
      const { loop, incumbent: before } = await findRegistry(store, name);
      await updateArtifact(store, keys.registry(loop), registrySchema, (registry) => {
        const next = registry && withRollback(registry, { model: to, at: new Date().toISOString(), reason });
        if (next) return next;
        const problem = to === undefined ? 'the incumbent is the base student already' : `${to} is not in its lineage`;
        throw new InvalidInput(`The rollback of ${loop}`, [`${problem}; see ${hint(`models ${loop}`, globals)}`]);
      });
      const { incumbent } = await findRegistry(store, loop);
      console.log(json ? JSON.stringify({ loop, before, incumbent }) : `${loop}: ${before} → ${incumbent}`);
    });
}
