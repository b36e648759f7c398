import { keys, type Part } from '../../core/artifact-keys.ts';
import type { Loop } from '../../core/loop.ts';
import type { Store } from '../../core/ports.ts';
import type { Prompt } from '../../core/prompt.ts';
import { contentHash } from '../../core/random.ts';
import type { Run } from '../../core/run.ts';
import { gather, readRows, writeArtifact } from '../../functions/artifacts.ts';
import { recordedCallSchema } from '../../functions/call-record.ts';
import { judgeResponses } from '../../functions/judge-responses/handler.ts';
import { sampleResponses } from '../../functions/sample-responses/handler.ts';
import type { Services } from '../../functions/services.ts';
import { numberJudge } from '../core/judging/judging-fixture.ts';
import { type SampleTurn, ScriptedStudent } from '../fakes/scripted-student.ts';
import { ScriptedTeacher } from '../fakes/scripted-teacher.ts';
import { prompts, runOf, servicesOf } from './shard-fixture.ts';

export const now = new Date('2026-11-24T09:00:00Z');
const dayMs = 86_400_000;

/** The run as planned: shards of `size` prompts at an endpoint somewhere. */
export async function plan(
  store: Store,
  run: string,
  {
    change = {},
    of = prompts(4),
    size = 100,
    startedAt = 'now',
  }: { change?: Partial<Loop>; of?: readonly Prompt[]; size?: number; startedAt?: string } = {},
): Promise<void> {
  const { loop, ...rest } = runOf();
  const at = { endpoint: 'http://127.0.0.1:1/v1', price: { prompt: 1, completion: 10 } };
  const remote: Loop = {
    ...loop,
    student: { ...loop.student, ...at },
    teacher: { ...loop.teacher, ...at },
    sampling: { ...loop.sampling, responses: 4, maxTokens: 32 },
    ...change,
  };
  const shards = Math.ceil(of.length / size);
  for (let shard = 0; shard < shards; shard++) {
    const lines = of.slice(shard * size, (shard + 1) * size).map((prompt) => `${JSON.stringify(prompt)}\n`);
    await store.write(keys.prompts(run, 'train', shard), lines.join(''));
  }
  const salt = contentHash(JSON.stringify([remote.rubric, of]));
  const counts = { prompts: { train: of.length, heldOut: 1 }, shards: { train: shards, heldOut: 1 } };
  const planned: Run = { ...rest, ...counts, run, startedAt, salt, loop: remote };
  await writeArtifact(store, keys.run(run), planned);
}

/** The two ends of the calls, and what was asked there. */
export class Endpoint {
  readonly student: ScriptedStudent;
  readonly teacher = new ScriptedTeacher(numberJudge);

  constructor(turn?: (...asked: Parameters<typeof repliesTo>) => SampleTurn) {
    this.student = new ScriptedStudent(turn ?? repliesTo);
  }

  /** Names of all requests: equal for equal ones. */
  get asked(): string[] {
    return [...this.student.requests, ...this.teacher.requests].map((request) => JSON.stringify(request));
  }

  services(store: Store, more: Partial<Services> = {}): Services {
    return servicesOf(store, {
      student: () => this.student,
      teacher: () => this.teacher,
      recordPatience: { waitsMs: [], wait: async () => undefined },
      ...more,
    });
  }
}

/** Different responses, each worth a number that depends on nothing but the request. */
export function repliesTo({ prompt, count, seed }: { prompt: Prompt; count: number; seed: number }): string[] {
  return Array.from({ length: count }, (_, index) => `Reply to ${prompt.id} worth ${(seed + 37 * index) % 1009}`);
}

export async function workOn(services: Services, run: string, shards = 1): Promise<void> {
  for (const step of [sampleResponses, judgeResponses]) {
    for (let shard = 0; shard < shards; shard++) await step.run({ run, round: 1, shard }, services);
  }
}

/** Hashes of the calls in the records of a run's unfinished parts. */
export async function recordedIn(store: Store, run: string): Promise<string[]> {
  const rows = [];
  for (const part of ['responses', 'verdicts'] as const) {
    for await (const key of store.list(keys.calls(run, 1, part, 0))) {
      rows.push(...(await gather(readRows(store, key, recordedCallSchema))));
    }
  }
  return rows.map(({ call }) => call);
}

export const daysLater = (days: number) => () => new Date(now.getTime() + days * dayMs);
export const partOf = (run: string, part: Part) => keys.part(run, 1, part, 0);
