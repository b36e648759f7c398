import { once } from 'node:events';
import { styleText } from 'node:util';
import { Command } from 'commander';
import { z } from 'zod';
import { InvalidInput } from '../../core/errors.ts';
import { errorCode } from '../../providers/directory/translate-error.ts';
import { sandboxDirectory } from '../../sandbox/open-sandbox.ts';
import { baseModel } from '../../sandbox/server/models.ts';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../sandbox/server/start-sandbox.ts';
import { ruleTeacher } from '../../sandbox/teacher/rule-teacher.ts';
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
      const { directory, json } = globalsOf(command);
      const { port, fault } = optionsOf(optionsSchema, given);
      const teacher = ruleTeacher({ faults: faultsIn(fault) });
      const sandbox = await listen({ directory: sandboxDirectory(directory), port, teacher });
      if (json) console.log(JSON.stringify({ event: 'listening', url: sandbox.url }));
      else {
        console.log(`The sandbox listens on ${styleText('bold', sandbox.url)}`);
        console.log(`Student    ${baseModel}\nTeacher    ${teacher.id}`);
        console.log('Ctrl-C stops it; jobs go on with the next start.');
      }
      await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
      await sandbox.close();
    });
}

async function listen(options: SandboxOptions & { readonly port: number }): Promise<Sandbox> {
  try {
    return await startSandbox(options);
  } catch (cause) {
    const isAboutPort = (cause as NodeJS.ErrnoException).syscall === 'listen';
    const problem = isAboutPort ? problems[errorCode(cause) ?? ''] : undefined;
    if (problem === undefined) throw cause;
    throw new InvalidInput(`The port ${options.port}`, [problem], { cause });
  }
}

const problems: Readonly<Record<string, string>> = {
  EADDRINUSE: 'something else listens there already; give another with --port, or --port 0 for a free one',
  EACCES: 'this user may not listen there; give one above 1023 with --port',
};

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
