import { setImmediate } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { StoreUnavailable } from '../../core/errors.ts';
import type { SampleRequest, Store, WriteCondition } from '../../core/ports.ts';
import { noUsage } from '../../core/usage.ts';
import { callHash, openRecord, type RecordedCall } from '../../functions/call-record.ts';
import { DyingStore } from '../fakes/dying-store.ts';
import { MemoryStore } from '../fakes/memory-store.ts';
import { Endpoint, now, partOf, plan, recordedIn, workOn } from './paid-shards.ts';
import { prompts } from './shard-fixture.ts';

const prefix = 'calls/';
const recorded = (call: string): RecordedCall => ({
  call,
  at: now.toISOString(),
  usage: { ...noUsage, calls: 1 },
  answer: { said: call },
});
const without = { prefix, reusable: undefined };

/** A store that takes its time over everything, as every real one does. */
class SlowStore extends MemoryStore {
  readonly written: string[] = [];
  override async read(key: string) {
    await setImmediate();
    return super.read(key);
  }
  override async *lines(key: string) {
    await setImmediate();
    yield* super.lines(key);
  }
  override async *list(below: string) {
    for await (const key of super.list(below)) {
      await setImmediate();
      yield key;
    }
  }
  override async write(key: string, body: string | AsyncIterable<string>, condition?: WriteCondition) {
    await setImmediate();
    const done = await super.write(key, body, condition);
    this.written.push(key);
    return done;
  }
}

/** A store that can't be written to while it is away. */
class AwayStore extends MemoryStore {
  isAway = false;
  override async write(key: string, body: string | AsyncIterable<string>, condition?: WriteCondition) {
    if (this.isAway) throw new StoreUnavailable('gone');
    return super.write(key, body, condition);
  }
}

/** A process that lives for so many looks at its store and so many calls, all together. */
function mortal(store: Store, moments: number) {
  const death = Promise.withResolvers<'died'>();
  let left = moments;
  const isDead = () => {
    if (left > 0) left--;
    if (left <= 0) death.resolve('died');
    return left <= 0;
  };
  const endpoint = new Endpoint();
  const answer = <A>(made: Promise<A>): Promise<A> => (isDead() ? new Promise<never>(() => undefined) : made);
  const services = endpoint.services(new DyingStore(store, isDead), {
    student: () => ({ model: endpoint.student.model, sample: (request) => answer(endpoint.student.sample(request)) }),
    teacher: () => ({ model: endpoint.teacher.model, ask: (request) => answer(endpoint.teacher.ask(request)) }),
  });
  return { endpoint, services, death: death.promise };
}

/** The names that requests have in a record. */
function hashesOf({ student, teacher }: Endpoint): string[] {
  const at = 'http://127.0.0.1:1/v1';
  return [
    ...student.requests.map((request) =>
      callHash(['sample', at, student.model, { ...request, prompt: request.prompt.messages }]),
    ),
    ...teacher.requests.map((request) => callHash(['ask', at, teacher.model, request])),
  ];
}

describe('a shard that is killed at any moment and begun again', () => {
  test('makes no recorded call again, and has the rows of one that nobody disturbed', async () => {
    const undisturbed = new MemoryStore();
    await plan(undisturbed, 'run-1');
    await workOn(new Endpoint().services(undisturbed), 'run-1');

    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 3, max: 120 }), { maxLength: 4 }), async (lives) => {
        const store = new MemoryStore();
        await plan(store, 'run-1');
        for (const moments of [...lives, Number.POSITIVE_INFINITY]) {
          const before = new Set(await recordedIn(store, 'run-1'));
          const { endpoint, services, death } = mortal(store, moments);
          await Promise.race([workOn(services, 'run-1'), death]);
          for (const call of hashesOf(endpoint)) expect([call, before.has(call)]).toEqual([call, false]);
        }

        for (const part of ['responses', 'verdicts'] as const) {
          expect(store.objects.get(partOf('run-1', part))).toBe(undisturbed.objects.get(partOf('run-1', part)));
        }
      }),
      { numRuns: 40 },
    );
  }, 60_000);
});

describe('a shard that has two lives at once', () => {
  test('is written once, and both come to their end', async () => {
    const store = new SlowStore();
    await plan(store, 'run-1', { of: prompts(12) });
    const one = new Endpoint();
    const other = new Endpoint();

    const late = async () => {
      for (let turn = 0; turn < 60; turn++) await setImmediate();
      await workOn(other.services(store), 'run-1');
    };
    await Promise.all([workOn(one.services(store), 'run-1'), late()]);

    for (const part of ['responses', 'verdicts'] as const) {
      expect(store.written.filter((key) => key === partOf('run-1', part))).toHaveLength(1);
    }
    expect(await recordedIn(store, 'run-1')).toEqual([]);
  });

  test('and finds the record gone that it was about to read, has found a part that is finished', async () => {
    const store = new SlowStore();
    await store.write(`${prefix}a.jsonl`, `${JSON.stringify(recorded('a'))}\n`);
    await store.write(`${prefix}b.jsonl`, `${JSON.stringify(recorded('b'))}\n`);

    const opening = openRecord(store, without);
    await store.delete(`${prefix}b.jsonl`);

    await expect(opening).resolves.toBeDefined();
  });
});

describe('a record', () => {
  test('finds what was added in earlier lives, whose price it knows', async () => {
    const store = new MemoryStore();
    const first = await openRecord(store, without);
    await Promise.all(['a', 'b', 'c'].map((call) => first.add(recorded(call))));
    await first.finish();

    const second = await openRecord(store, without);

    expect(second.before).toEqual({ ...noUsage, calls: 3 });
    expect(second.find('b')).toEqual({ answer: { said: 'b' }, isOfThisRun: true });
    expect(second.find('d')).toBeUndefined();
    expect(second.reused).toBe(0);
  });

  test('writes together what arrives together', async () => {
    const store = new SlowStore();
    const record = await openRecord(store, without);

    for (let call = 0; call < 100; call++) await record.add(recorded(`${call}`));
    await record.finish();

    expect(store.written.length).toBeLessThanOrEqual(2);
    expect((await openRecord(store, without)).before.calls).toBe(100);
  });

  test('whose store is away keeps who adds waiting until it is back, and then nothing is lost', async () => {
    const store = new AwayStore();
    const waited = Promise.withResolvers<void>();
    const back = Promise.withResolvers<void>();
    const patience = {
      waitsMs: [1, 2, 4],
      async wait() {
        waited.resolve();
        await back.promise;
      },
    };
    const record = await openRecord(store, without, patience);
    store.isAway = true;
    await record.add(recorded('a'));
    await waited.promise;
    let isAdded = false;
    const adding = record.add(recorded('b')).then(() => {
      isAdded = true;
    });
    await setImmediate();
    expect(isAdded).toBe(false);

    store.isAway = false;
    back.resolve();
    await adding;
    await record.finish();

    expect((await openRecord(store, without)).before.calls).toBe(2);
  });

  test('whose store stays away says so, and writes at its end what it still can', async () => {
    const store = new AwayStore();
    const record = await openRecord(store, without, { waitsMs: [1], wait: async () => undefined });
    store.isAway = true;
    await record.add(recorded('a'));
    await expect(record.finish()).rejects.toThrow(StoreUnavailable);
    await expect(record.add(recorded('b'))).rejects.toThrow(StoreUnavailable);

    store.isAway = false;
    await record.finish();

    expect((await openRecord(store, without)).before.calls).toBe(2);
  });
});

test('while the store is away no new call is begun', async () => {
  const store = new AwayStore();
  await plan(store, 'run-1', { of: prompts(40) });
  store.isAway = true;
  const endpoint = new Endpoint();
  const known = Promise.withResolvers<void>();
  const back = Promise.withResolvers<void>();
  const recordPatience = {
    waitsMs: [1],
    async wait() {
      known.resolve();
      await back.promise;
    },
  };
  // From the ninth on they are answered once it is known that the store is away.
  const student = {
    model: endpoint.student.model,
    async sample(request: SampleRequest) {
      const answered = endpoint.student.sample(request);
      if (endpoint.student.requests.length > 8) await known.promise;
      return answered;
    },
  };
  const working = workOn(endpoint.services(store, { student: () => student, recordPatience }), 'run-1');
  await known.promise;
  for (let turn = 0; turn < 50; turn++) await setImmediate();
  // Four prompts are worked on at a time.
  expect(endpoint.student.requests).toHaveLength(12);

  store.isAway = false;
  back.resolve();
  await working;

  expect(endpoint.student.requests).toHaveLength(40);
  expect(new Set(endpoint.asked).size).toBe(endpoint.asked.length);
});
