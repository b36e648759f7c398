import { once } from 'node:events';
import { styleText } from 'node:util';
import { InvalidInput } from '../core/errors.ts';
import { errorCode } from '../providers/directory/translate-error.ts';
import { sandboxDirectory } from '../sandbox/open-sandbox.ts';
import { baseModel } from '../sandbox/server/models.ts';
import { type Sandbox, type SandboxOptions, startSandbox } from '../sandbox/server/start-sandbox.ts';
import type { TeacherFaults } from '../sandbox/teacher/faults.ts';
import { ruleTeacher } from '../sandbox/teacher/rule-teacher.ts';
import type { Globals } from './globals.ts';

/** Serves the sandbox until Ctrl-C or SIGTERM. Throws InvalidInput for a port that is taken. */
export async function serveSandbox(port: number, faults: TeacherFaults, { directory, json }: Globals): Promise<void> {
  const teacher = ruleTeacher({ faults });
  const sandbox = await listen({ directory: sandboxDirectory(directory), port, teacher });
  const stopped = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  if (json) console.log(JSON.stringify({ event: 'listening', url: sandbox.url }));
  else {
    console.log(`The sandbox listens on ${styleText('bold', sandbox.url)}`);
    console.log(`Student    ${baseModel}\nTeacher    ${teacher.id}`);
    console.log('Ctrl-C stops it; jobs go on with the next start.');
  }
  await stopped;
  await sandbox.close();
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
