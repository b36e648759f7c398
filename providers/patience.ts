import { setTimeout as pause } from 'node:timers/promises';
import { ProviderOverloaded } from '../core/errors.ts';
import type { Student, Teacher } from '../core/ports.ts';

export interface Patience {
  /** Tries of one call, the first included. */
  readonly tries: number;
  readonly wait: (seconds: number) => Promise<unknown>;
  /** In [0, 1): spreads the waits of many callers. */
  readonly jitter: () => number;
}

/** 1 s · 2ⁿ, at most 30 s apart, 8 tries: 1 + 2 + 4 + 8 + 16 + 30 + 30 s ≈ 90 s, then the step's own retries take over. */
const usual: Patience = { tries: 8, wait: (seconds) => pause(seconds * 1000), jitter: Math.random };
const LONGEST_WAIT_SECONDS = 30;
/** An endpoint that asks for more than this is left to the step's own retries: a function's life is short. */
const LONGEST_ASKED_SECONDS = 60;

/** A student whose single calls are tried again while its endpoint is overloaded; completed calls are not repeated. */
export function patientStudent(student: Student, patience: Patience = usual): Student {
  return { model: student.model, sample: (request) => patiently(() => student.sample(request), patience) };
}

export function patientTeacher(teacher: Teacher, patience: Patience = usual): Teacher {
  return { model: teacher.model, ask: (request) => patiently(() => teacher.ask(request), patience) };
}

async function patiently<T>(call: () => Promise<T>, { tries, wait, jitter }: Patience): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof ProviderOverloaded) || attempt === tries) throw error;
      const asked = error.retryAfterSeconds;
      if (asked !== undefined && asked > LONGEST_ASKED_SECONDS) throw error;
      // The endpoint's own word first; else full jitter (AWS Architecture Blog, "Exponential backoff and jitter").
      await wait(asked ?? jitter() * Math.min(LONGEST_WAIT_SECONDS, 2 ** (attempt - 1)));
    }
  }
}
