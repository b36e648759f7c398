import { Command } from 'commander';
import { z } from 'zod';
import type { RunView } from '../../core/api.ts';
import { InvalidInput } from '../../core/errors.ts';
import { type Globals, globalsOf, optionsOf, stackOption } from '../globals.ts';
import { nextStep } from '../tell-end.ts';

const optionsSchema = z.looseObject({ reason: z.string().default('') });

export function stopCommand(): Command {
  return new Command('stop')
    .description('stop a deployed run; what is paid for is kept, and resume goes on with it')
    .argument('<run>', 'name of the run')
    .option('--reason <text>', 'kept with the execution')
    .addOption(stackOption())
    .action(async (run: string, given: unknown, command: Command) => {
      const { reason } = optionsOf(optionsSchema, given);
      const globals = globalsOf(command);
      if (globals.stack === undefined) {
        throw new InvalidInput('The command', [
          'give --stack: a run on this machine is stopped by Ctrl-C where it runs',
        ]);
      }
      // The AWS SDK is heavy, and of no use to a command that was mistyped.
      const { openStack } = await import('../remote/open-stack.ts');
      const { api, ...deployed } = await openStack(globals, globals.stack);
      const view = await api.stopRun(run, { reason });
      console.log(globals.json ? JSON.stringify(view) : inWords(view, deployed.globals));
    });
}

function inWords({ run, status, ending, failure }: RunView, globals: Globals): string {
  const resume = nextStep('interrupted', { run, limits: {} }, globals);
  if (status === 'running') return `${run} is being stopped. What is paid for is kept.\n${resume}`;
  if (status === 'stopped') return `${run} is stopped. What is paid for is kept.\n${resume}`;
  return `${run} is over already: ${failure?.Error ?? ending ?? status}.`;
}
