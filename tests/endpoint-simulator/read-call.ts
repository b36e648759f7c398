import { hash } from 'node:crypto';
import type { ChatMessage } from '../../sandbox/server/chat-model.ts';
import type { Role } from './simulator-options.ts';

export const studentModel = 'planted-student';
export const teacherModel = 'planted-teacher';

/** What makes a call the same call: a repeated one is paid again for nothing. */
export interface CallContent {
  readonly model: string;
  readonly messages: readonly ChatMessage[];
  readonly seed?: number | null | undefined;
  readonly n?: number | null | undefined;
}

/** One attempt at a chat completion. */
export interface Call {
  readonly role: Role;
  readonly model: string;
  readonly messages: readonly ChatMessage[];
  readonly seed: number | undefined;
  readonly n: number;
  /** Of messages, model, seed and n. */
  readonly hash: string;
  /** 0 for the first request with this hash, then 1, 2, … */
  readonly attempt: number;
}

/** The body of a request, or why it is none; `attempt` is for the counter to say. */
export function readCall(body: string): Omit<Call, 'attempt'> | 'not-json' | 'unknown-model' {
  const content = parsed(body);
  if (!Array.isArray(content?.messages)) return 'not-json';
  const role = roles[content.model];
  if (!role) return 'unknown-model';
  const { model, messages } = content;
  return { role, model, messages, seed: content.seed ?? undefined, n: content.n ?? 1, hash: callHash(content) };
}

export function callHash({ model, messages, seed, n }: CallContent): string {
  return hash('sha1', JSON.stringify([model, messages, seed ?? null, n ?? 1]));
}

const roles: Readonly<Record<string, Role>> = { [studentModel]: 'student', [teacherModel]: 'teacher' };

function parsed(body: string): CallContent | undefined {
  try {
    return JSON.parse(body) ?? undefined;
  } catch {
    return undefined;
  }
}
