import { Command } from 'commander';
import { z } from 'zod';
import { InvalidInput } from '../../core/errors.ts';
import { globalsOf, optionsOf, whole } from '../globals.ts';

const optionsSchema = z.looseObject({
  port: whole(0, 65_535),
  fault: z.array(z.string()).default([]),
});
const faultsSchema = z.strictObject({
  positionBias: share(),
  noise: share(),
  ties: share(),
  malformed: share(),
  orderDependent: share(),
  refusals: share(),
});

export function sandboxCommand(): Command {
  return new Command('sandbox')
    .description('serve the sandbox: a trainable student and a rule-based teacher behind an OpenAI-shaped API')
    .option('--port <n>', 'port on 127.0.0.1; 0 takes a free one', '8111')
    .option('--fault <name=share...>', `what the teacher does wrong: ${Object.keys(faultsSchema.shape).join(', ')}`)
    .action(async (given: unknown, command: Command) => {
      const globals = globalsOf(command);
      const { port, fault } = optionsOf(optionsSchema, given);
      const faults = faultsIn(fault);
      const { serveSandbox } = await import('../serve-sandbox.ts');
      await serveSandbox(port, faults, globals);
    });
}

function faultsIn(words: readonly string[]): z.infer<typeof faultsSchema> {
  const read = faultsSchema.safeParse(Object.fromEntries(words.map((word) => word.split('=', 2))));
  if (read.success) return read.data;
  throw new InvalidInput('The option --fault', [
    `give name=share, such as positionBias=0.3; names are ${Object.keys(faultsSchema.shape).join(', ')}; shares are 0 to 1`,
  ]);
}

function share() {
  return z.coerce.number().min(0).max(1).optional();
}
