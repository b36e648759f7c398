import { CredentialRefused, InvalidInput } from '../core/errors.ts';
import { insistOnTrainer, type Loop } from '../core/loop.ts';
import type { ProgressListener, Serving, Store, Student, Teacher, Trainer } from '../core/ports.ts';
import { type Clock, realClock } from '../providers/call-engine/clock.ts';
import { type EndpointPool, endpointPool } from '../providers/call-engine/endpoint-pool.ts';
import { type ModelCalls, pooledCalls } from '../providers/call-engine/model-calls.ts';
import { type RateLimit, rateLimit } from '../providers/call-engine/rate-limit.ts';
import { directoryStore } from '../providers/directory/store.ts';
import { openaiClient } from '../providers/openai-compatible/client.ts';
import { instantServing } from '../providers/openai-compatible/serving.ts';
import { openaiStudent } from '../providers/openai-compatible/student.ts';
import { openaiTeacher } from '../providers/openai-compatible/teacher.ts';
import { openaiTrainer } from '../providers/openai-compatible/trainer.ts';
import type { RecordPatience } from './call-record.ts';

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
  /** For tests: how long a record waits for a store that is away. */
  readonly recordPatience?: RecordPatience | undefined;
}

export interface ServiceOptions {
  readonly store: Store;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Where `endpoint: sandbox` is. */
  readonly sandboxUrl?: string | undefined;
  readonly progress?: ProgressListener;
  readonly stop?: AbortSignal;
  /** For tests: time and chance as the calls of models see them. */
  readonly clock?: Clock;
}

/** The real services over one store. This is the only file that chooses providers, and the only one that reads the environment. */
export function createServices(options: ServiceOptions): Services {
  const { store, environment, sandboxUrl } = options;
  const client = (endpoint: Loop['student'] | NonNullable<Loop['trainer']>) =>
    openaiClient({
      baseURL: endpoint.endpoint === 'sandbox' ? (sandboxUrl ?? noSandbox()) : endpoint.endpoint,
      apiKey: endpoint.apiKeyEnv === undefined ? undefined : keyIn(environment, endpoint.apiKeyEnv),
      timeoutSeconds: 'timeoutSeconds' in endpoint ? endpoint.timeoutSeconds : undefined,
    });
  const stop = options.stop ?? new AbortController().signal;
  const calls = callsInPools(options.clock ?? realClock, stop);
  // What an endpoint refuses is remembered as long as its object lives, so each is made once.
  const students = new Map<string, Student>();
  const teachers = new Map<string, Teacher>();
  return {
    store,
    now: () => new Date(),
    progress: options.progress ?? { progress: () => undefined },
    stop,
    student: (loop, model) =>
      kept(students, [loop.student.endpoint, loop.student.apiKeyEnv, model], () =>
        openaiStudent({ client: client(loop.student), model, logprobs: true, calls: calls(loop, 'student', model) }),
      ),
    teacher: (loop) =>
      kept(teachers, [loop.teacher.endpoint, loop.teacher.apiKeyEnv, loop.teacher.model], () =>
        openaiTeacher({
          client: client(loop.teacher),
          model: loop.teacher.model,
          logprobs: true,
          calls: calls(loop, 'teacher', loop.teacher.model),
        }),
      ),
    trainer: (loop) => openaiTrainer({ client: client(insistOnTrainer(loop)) }),
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

/** One pool for each endpoint, whoever calls it; one rate for each model there. */
function callsInPools(clock: Clock, stop: AbortSignal) {
  const pools = new Map<string, EndpointPool>();
  const rates = new Map<string, RateLimit>();
  return (loop: Loop, role: 'student' | 'teacher', model: string): ModelCalls => {
    const { endpoint, apiKeyEnv, requestsPerMinute, tokensPerMinute, hedgeAfterSeconds } = loop[role];
    const sharing = [loop.student, loop.teacher].filter((other) => other.endpoint === endpoint);
    const callsAtOnce = Math.min(...sharing.map((other) => other.callsAtOnce));
    const pool = kept(pools, [endpoint, apiKeyEnv], () => endpointPool(callsAtOnce, clock, stop));
    // A rate that the loop file sets is the role's, whichever of its models is called; one that headers teach is the model's.
    const isSet = requestsPerMinute !== undefined || tokensPerMinute !== undefined;
    const rate = kept(rates, [endpoint, apiKeyEnv, isSet ? role : model], () =>
      rateLimit({ requests: requestsPerMinute, tokens: tokensPerMinute }),
    );
    return pooledCalls({ pool, rate, clock, stop, hedgeAfterSeconds });
  };
}

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
