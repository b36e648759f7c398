import { CredentialRefused, InvalidInput } from '../core/errors.ts';
import type { Loop } from '../core/loop.ts';
import type { ProgressListener, Serving, Store, Student, Teacher, Trainer } from '../core/ports.ts';
import { directoryStore } from '../providers/directory/store.ts';
import { openaiClient } from '../providers/openai-compatible/client.ts';
import { instantServing } from '../providers/openai-compatible/serving.ts';
import { openaiStudent } from '../providers/openai-compatible/student.ts';
import { openaiTeacher } from '../providers/openai-compatible/teacher.ts';
import { openaiTrainer } from '../providers/openai-compatible/trainer.ts';
import { usualPatience } from '../providers/patience.ts';

/** Everything that the steps may touch. */
export interface Services {
  readonly store: Store;
  readonly now: () => Date;
  readonly progress: ProgressListener;
  /** Aborted when the work should stop soon: what is under way is finished and kept, nothing new is begun. */
  readonly stop: AbortSignal;
  readonly student: (loop: Loop, model: string) => Student;
  readonly teacher: (loop: Loop) => Teacher;
  readonly trainer: (loop: Loop) => Trainer;
  readonly serving: (loop: Loop) => Serving;
}

export interface ServiceOptions {
  readonly store: Store;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Where `endpoint: sandbox` is. */
  readonly sandboxUrl?: string | undefined;
  readonly progress?: ProgressListener;
  readonly stop?: AbortSignal;
}

/** The real services over one store. This is the only file that chooses providers, and the only one that reads the environment. */
export function createServices(options: ServiceOptions): Services {
  const { store, environment, sandboxUrl } = options;
  const client = (endpoint: Loop['student'] | Loop['trainer']) =>
    openaiClient({
      baseURL: endpoint.endpoint === 'sandbox' ? (sandboxUrl ?? noSandbox()) : endpoint.endpoint,
      apiKey: endpoint.apiKeyEnv === undefined ? undefined : keyIn(environment, endpoint.apiKeyEnv),
    });
  // What an endpoint refuses is remembered as long as its object lives, so each is made once.
  const students = new Map<string, Student>();
  const teachers = new Map<string, Teacher>();
  return {
    store,
    now: () => new Date(),
    progress: options.progress ?? { progress: () => undefined },
    stop: options.stop ?? new AbortController().signal,
    student: ({ student }, model) =>
      kept(students, [student.endpoint, student.apiKeyEnv, model], () =>
        openaiStudent({ client: client(student), model, logprobs: true, patience: usualPatience }),
      ),
    teacher: ({ teacher }) =>
      kept(teachers, [teacher.endpoint, teacher.apiKeyEnv, teacher.model], () =>
        openaiTeacher({ client: client(teacher), model: teacher.model, logprobs: true, patience: usualPatience }),
      ),
    trainer: ({ trainer }) => openaiTrainer({ client: client(trainer) }),
    serving: () => instantServing(),
  };
}

/** The services of a Lambda function, from its environment: RATCHET_STORE, RATCHET_SANDBOX_URL, and the keys that the loop names. */
export function servicesFromEnvironment(): Services {
  services ??= createServices({
    store: directoryStore(process.env['RATCHET_STORE'] ?? '.'),
    environment: process.env,
    sandboxUrl: process.env['RATCHET_SANDBOX_URL'],
  });
  return services;
}
let services: Services | undefined;

function kept<T>(made: Map<string, T>, parts: readonly (string | undefined)[], make: () => T): T {
  const key = JSON.stringify(parts);
  const found = made.get(key) ?? make();
  made.set(key, found);
  return found;
}

function keyIn(environment: ServiceOptions['environment'], name: string): string {
  const key = environment[name]?.trim();
  if (key) return key;
  throw new CredentialRefused(`The environment variable ${name}, which apiKeyEnv names in the loop file, is not set.`);
}

function noSandbox(): never {
  throw new InvalidInput('The loop', [
    'it uses the endpoint "sandbox", but no sandbox runs; start one with "ratchet sandbox" and set RATCHET_SANDBOX_URL',
  ]);
}
