import { setTimeout as pause } from 'node:timers/promises';
import { inspect } from 'node:util';
import { keys } from '../../../core/artifact-keys.ts';
import { loopDocumentSchema } from '../../../core/loop.ts';
import type { ProgressEvent } from '../../../core/ports.ts';
import { stopOn } from '../../../core/stop.ts';
import { apiKeys } from '../../../functions/api-keys.ts';
import { createServices, type Services } from '../../../functions/services.ts';
import { renderWorkflow } from '../../../lib/render-workflow.ts';
import type { Clock } from '../../../providers/call-engine/clock.ts';
import { endpointPool } from '../../../providers/call-engine/endpoint-pool.ts';
import { pooledCalls } from '../../../providers/call-engine/model-calls.ts';
import { rateLimit } from '../../../providers/call-engine/rate-limit.ts';
import { openaiClient } from '../../../providers/openai-compatible/client.ts';
import { openaiStudent } from '../../../providers/openai-compatible/student.ts';
import { openaiTeacher } from '../../../providers/openai-compatible/teacher.ts';
import { secretKeys } from '../../../providers/secrets-manager/secret-keys.ts';
import { runWorkflow, tasksIn, type WorkflowEnd } from '../../../sandbox/run-workflow.ts';
import { plantedPrompts } from '../../endpoint-simulator/planted-responses.ts';
import { studentModel, teacherModel } from '../../endpoint-simulator/read-call.ts';
import { startSimulator } from '../../endpoint-simulator/start-simulator.ts';
import { MemoryStore } from '../../fakes/memory-store.ts';
import { guardedEndpoint, type Misfortune } from './guarded-endpoint.ts';
import { awsEnvironment, type SecretAnswer, startSecretsManager } from './secrets-server.ts';

export interface Life {
  /** What Secrets Manager answers, by the number of the question from 0. */
  readonly secret: (question: number) => SecretAnswer;
  /** Whether the endpoint takes a key. */
  readonly isTaken: (key: string) => boolean;
  readonly misfortune?: Misfortune;
}

export interface SecretRun {
  readonly end: WorkflowEnd;
  /** Questions to Secrets Manager. */
  readonly asked: number;
  readonly printed: string;
  readonly store: MemoryStore;
  /** All that the run threw, told, printed and wrote. */
  readonly everything: string;
}

const arn = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:ratchet/openai-AbCdEf';

/** A whole run of a loop without a trainer, whose key is in Secrets Manager. */
export async function runIn({ secret, isTaken, misfortune = () => undefined }: Life): Promise<SecretRun> {
  const before = process.env;
  let asked = 0;
  const manager = await startSecretsManager(() => secret(asked++));
  const simulator = await startSimulator();
  const endpoint = await guardedEndpoint(simulator.url, isTaken, misfortune);
  const aws = { ...awsEnvironment, AWS_ENDPOINT_URL_SECRETS_MANAGER: manager.url };
  process.env = { ...before, ...aws, POWERTOOLS_LOG_LEVEL: 'DEBUG' };
  const store = stagedAt(endpoint.url);
  const told: ProgressEvent[] = [];
  const printing = listenToPrinting();
  try {
    const services = servicesOf(store, told);
    const input = { run: 'run-1', loop: 'desk', version: 'v1', seed: 1 };
    const end = await runWorkflow(input, { services, retryIntervals: withoutWaiting });
    const printed = printing.printed.join('');
    const everything = [inspect([end, told], { depth: 20 }), printed, ...[...store.objects].flat()].join('\n');
    return { end, asked, printed, store, everything };
  } finally {
    printing.stop();
    process.env = before;
    endpoint.close();
    manager.close();
    await simulator.close();
  }
}

const withoutWaiting = Object.fromEntries(tasksIn(renderWorkflow()).map(([state]) => [state, 0]));

function stagedAt(endpoint: string): MemoryStore {
  const model = { endpoint, apiKeyEnv: 'OPENAI_API_KEY', callsAtOnce: 8 };
  const loop = loopDocumentSchema.parse({
    name: 'desk',
    student: { ...model, model: studentModel },
    teacher: { ...model, model: teacherModel },
    sampling: { responses: 3, maxTokens: 128 },
    pairs: { minimum: 1 },
    shards: { prompts: 5, atOnce: 2 },
    rubric: { purpose: 'Answers of a shop.', rules: ['State the price, the weight and the warranty.'] },
    heldOutShare: 0,
  });
  const store = new MemoryStore();
  const prompts = plantedPrompts(20).map((prompt) => JSON.stringify(prompt));
  store.objects.set(keys.stagedLoop('desk', 'v1'), JSON.stringify(loop));
  store.objects.set(keys.stagedPrompts('desk', 'v1', 'train'), prompts.join('\n'));
  store.objects.set(keys.stagedPrompts('desk', 'v1', 'held-out'), '');
  return store;
}

function servicesOf(store: MemoryStore, told: ProgressEvent[]): Services {
  const environment = { RATCHET_SECRETS: JSON.stringify({ OPENAI_API_KEY: arn }) };
  const keyOf = apiKeys(environment, secretKeys({ now: () => new Date() }));
  const calls = pooledCalls({ pool: endpointPool(8, hasty), rate: rateLimit({}), clock: hasty, stop: never, tries: 3 });
  const clientAt = (baseURL: string) => openaiClient({ baseURL, ...keyOf('OPENAI_API_KEY') });
  return {
    ...createServices({ store, environment, progress: { progress: (event) => told.push(event) } }),
    student: ({ student }, model) => openaiStudent({ client: clientAt(student.endpoint), model, calls }),
    teacher: ({ teacher: { endpoint, model } }) => openaiTeacher({ client: clientAt(endpoint), model, calls }),
  };
}

const never = stopOn(new AbortController().signal);
/** Waits pass a thousand times faster. */
const hasty: Clock = {
  now: () => performance.now() * 1000,
  wait: (milliseconds, signal) => pause(milliseconds / 1000, undefined, signal ? { signal } : {}),
  jitter: () => 0.5,
};

/** What goes to the console, as the steps' logs do, is kept and not shown. */
function listenToPrinting() {
  const printed: string[] = [];
  const streams = [process.stdout, process.stderr];
  const writes = streams.map(({ write }) => write);
  for (const stream of streams) {
    stream.write = (text: string | Uint8Array) => {
      printed.push(typeof text === 'string' ? text : Buffer.from(text).toString());
      return true;
    };
  }
  return {
    printed,
    stop: () => {
      streams.forEach((stream, index) => {
        stream.write = writes[index] as typeof stream.write;
      });
    },
  };
}
