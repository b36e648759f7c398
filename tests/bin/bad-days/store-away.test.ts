import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { keys } from '../../../core/artifact-keys.ts';
import { StoreRefused, StoreUnavailable } from '../../../core/errors.ts';
import type { SampleRequest, Student, WriteCondition } from '../../../core/ports.ts';
import { gather, readRows } from '../../../functions/artifacts.ts';
import { callsBelow, usualRecordPatience } from '../../../functions/call-record.ts';
import { shardStep } from '../../../functions/shard-step.ts';
import { MemoryStore } from '../../fakes/memory-store.ts';
import { oneCall, prompts, rowSchema, runOf, servicesOf } from '../../functions/shard-fixture.ts';

const CALLS_AT_ONCE = 2;
/** Prompts that are worked on at the same time. */
const WORKERS = 2 * CALLS_AT_ONCE;
const run = runOf({ callsAtOnce: CALLS_AT_ONCE });
const all = prompts(200);
const place = { run: run.run, round: 1, shard: 0 };
const part = keys.part(run.run, 1, 'responses', 0);
const callsOfPart = keys.calls(run.run, 1, 'responses', 0);

/** A world whose time passes only while the record waits for its store. */
class World extends MemoryStore {
  /** How often each prompt was asked. */
  readonly asked = new Map<string, number>();
  /** How many calls had been begun when each wait was over. */
  readonly begunAfterWaits: number[] = [];
  /** Writes below this prefix find the store away, once it has taken so many of them. */
  #outage: { readonly below: string; readonly writes: number; readonly seconds: number; readonly error: Error };
  #now = 0;
  #writes = 0;
  #since: number | undefined;
  begunBefore = 0;

  constructor(below: string, seconds: number, error: Error = new StoreUnavailable('The store is away.'), writes = 1) {
    super();
    this.#outage = { below, writes, seconds, error };
    this.objects.set(keys.run(run.run), JSON.stringify(run));
    this.objects.set(keys.prompts(run.run, 'train', 0), all.map((prompt) => JSON.stringify(prompt)).join('\n'));
  }

  get begun(): number {
    return this.asked.values().reduce((sum, times) => sum + times, 0);
  }

  get isAway(): boolean {
    return this.#since !== undefined && this.#now < this.#since + 1000 * this.#outage.seconds;
  }

  comeBack(): void {
    this.#now = Number.POSITIVE_INFINITY;
  }

  override async read(key: string) {
    if (this.isAway) throw this.#outage.error;
    return super.read(key);
  }

  override async write(key: string, body: string | AsyncIterable<string>, condition?: WriteCondition) {
    if (key.startsWith(this.#outage.below) && this.#since === undefined && this.#writes++ >= this.#outage.writes) {
      this.#since = this.#now;
      this.begunBefore = this.begun;
    }
    if (this.isAway) throw this.#outage.error;
    return super.write(key, body, condition);
  }

  /** One life of the step. */
  async work(): Promise<unknown> {
    const student = (): Student => ({ model: 'base', sample: (request) => this.#answer(request) });
    const wait = async (milliseconds: number) => {
      this.#now += milliseconds;
      // Long enough for whoever might begin a call meanwhile.
      await pause(30);
      this.begunAfterWaits.push(this.begun);
    };
    const recordPatience = { ...usualRecordPatience, wait };
    return step.run(place, servicesOf(this, { student, recordPatience }));
  }

  async #answer({ prompt }: SampleRequest) {
    this.asked.set(prompt.id, (this.asked.get(prompt.id) ?? 0) + 1);
    await pause(8);
    return {
      texts: [{ text: `about ${prompt.id}`, finish: 'stop' as const }],
      tokens: { promptTokens: 0, completionTokens: 0 },
      calls: 1,
    };
  }
}

/** A step like those of the workflow. */
const step = shardStep({
  name: 'sample-responses',
  part: 'responses',
  set: 'train',
  row: rowSchema,
  async prepare(_, models) {
    const student = models.student('base');
    const settings = { count: 1, temperature: 1, topP: 1, maxTokens: 8, seed: 1 };
    return async (prompt) => {
      const { texts } = await student.sample({ prompt, ...settings });
      return { prompt: prompt.id, said: texts[0]!.text, usage: oneCall };
    };
  },
});

async function expectAllSaid(world: World): Promise<void> {
  const rows = await gather(readRows(world, part, rowSchema));
  expect(rows.map(({ said }) => said)).toEqual(all.map(({ id }) => `about ${id}`));
  expect(await gather(world.list(callsOfPart))).toEqual([]);
}

const repeated = ({ asked }: World) => [...asked].filter(([, times]) => times > 1).map(([prompt]) => prompt);

describe('a shard whose store is away', () => {
  test('for a minute begins no call meanwhile, then goes on: nothing is lost, nothing is paid twice', async () => {
    const world = new World(callsOfPart, 60);

    await expect(world.work()).resolves.toEqual({ finished: true });

    const [first = 0, ...later] = world.begunAfterWaits;
    // As many as may be unwritten, and those under way.
    expect(world.begunBefore).toBeLessThanOrEqual(100 + WORKERS);
    expect(first - world.begunBefore).toBeLessThanOrEqual(WORKERS);
    // 1 + 2 + 4 + 8 + 15 + 30 s.
    expect(later).toEqual(Array.from({ length: 5 }, () => first));
    expect(repeated(world)).toEqual([]);
    await expectAllSaid(world);
  });

  test('for longer than it waits fails by name; its next life asks again for what was not written, and for no more', async () => {
    const world = new World(callsOfPart, Number.POSITIVE_INFINITY);

    await expect(world.work()).rejects.toThrow(StoreUnavailable);
    const lost = world.begun - (await gather(callsBelow(world, callsOfPart))).length;
    world.comeBack();
    await expect(world.work()).resolves.toEqual({ finished: true });

    expect(lost).toBeLessThan(all.length / 2);
    expect(repeated(world)).toHaveLength(lost);
    await expectAllSaid(world);
  });

  test('as it finishes makes no call again in its next life', async () => {
    const world = new World(part, Number.POSITIVE_INFINITY, undefined, 0);

    await expect(world.work()).rejects.toThrow(StoreUnavailable);
    expect(world.begun).toBe(all.length);
    world.comeBack();
    await expect(world.work()).resolves.toEqual({ finished: true });

    expect(world.begun).toBe(all.length);
    await expectAllSaid(world);
  });

  test('because it refuses fails without waiting, and begins nothing new', async () => {
    const world = new World(callsOfPart, Number.POSITIVE_INFINITY, new StoreRefused('The disk is full.'));

    await expect(world.work()).rejects.toThrow(StoreRefused);

    expect(world.begunAfterWaits).toEqual([]);
    expect(world.begun - world.begunBefore).toBeLessThanOrEqual(WORKERS);
  });
});

test('a shard whose life ended before it had deleted the record of its calls deletes it in the next one', async () => {
  const world = new World(callsOfPart, 0);
  await world.work();
  world.objects.set(`${callsOfPart}left.jsonl`, '');

  await expect(world.work()).resolves.toEqual({ finished: true });

  await expectAllSaid(world);
  expect(world.begun).toBe(all.length);
});
