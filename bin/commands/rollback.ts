import { Command } from 'commander';
import { z } from 'zod';
import { optionsOf, stackOption } from '../globals.ts';
import { worldOf } from '../world.ts';

const optionsSchema = z.looseObject({ to: z.string().optional(), reason: z.string().default('') });

export function rollbackCommand(): Command {
  return new Command('rollback')
    .description('move the pointer back: the student before the incumbent, or an earlier one, is the incumbent again')
    .argument('[loop]', 'name of the loop; may be left out where there is one only')
    .option('--to <model>', 'a student in the loop’s lineage')
    .option('--reason <text>', 'kept in the lineage')
    .addOption(stackOption())
    .action(async (name: string | undefined, given: unknown, command: Command) => {
      const { to, reason } = optionsOf(optionsSchema, given);
      const world = await worldOf(command);
      const { loop, before, incumbent } = await world.rollBack(name, { to, reason });
      const { json } = world.globals;
      console.log(json ? JSON.stringify({ loop, before, incumbent }) : `${loop}: ${before} → ${incumbent}`);
    });
}
