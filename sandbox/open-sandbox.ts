import { join } from 'node:path';
import type { Loop } from '../core/loop.ts';
import { type Sandbox, startSandbox } from './server/start-sandbox.ts';
import { ruleTeacher } from './teacher/rule-teacher.ts';

/** Where a store keeps the sandbox's files, jobs and trained weights. */
export function sandboxDirectory(store: string): string {
  return join(store, '.ratchet', 'sandbox');
}

/** The sandbox that a loop's `endpoint: sandbox` means, on a free port; undefined for a loop that names none. */
export async function openSandboxFor(loop: Loop, store: string): Promise<Sandbox | undefined> {
  const endpoints = [loop.student.endpoint, loop.teacher.endpoint, loop.trainer?.endpoint];
  if (!endpoints.includes('sandbox')) return undefined;
  return startSandbox({ directory: sandboxDirectory(store), teacher: ruleTeacher({ id: loop.teacher.model }) });
}
