import { setImmediate } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { keys } from '../../core/artifact-keys.ts';
import { ledgerSchema, spentBy } from '../../core/budget.ts';
import { ArtifactUnreadable, BudgetReached, StoreUnavailable, WriteConflict } from '../../core/errors.ts';
import type { ProgressEvent, WriteCondition } from '../../core/ports.ts';
import { noUsage } from '../../core/usage.ts';
import { findArtifact, readRows } from '../../functions/artifacts.ts';
import { workThroughShard } from '../../functions/work-shard.ts';
import { MemoryStore } from '../fakes/memory-store.ts';
import { MortalStore } from '../fakes/mortal-store.ts';
import { all } from '../providers/store-moves.ts';
import { oneCall, prompts, rowOf, rowSchema, runOf, servicesOf, shardOf } from './shard-fixture.ts';

const checkpoints = keys.checkpoints('run-1', 1, 'responses', 0);

/** Prompts with a row that outlives a crash. */
async function recorded(store: MemoryStore): Promise<string[]> {
  const rows: string[] = [];
  for await (const key of store.list(checkpoints)) {
    for (const { prompt } of await all(readRows(store, key, rowSchema))) rows.push(prompt);
  }
  return rows;
}

/** A store that takes its time over a write, as every real one does. */
class SlowStore extends MemoryStore {
  override async write(key: string, body: string | AsyncIterable<string>, condition?: WriteCondition) {
    await setImmediate();
    return super.write(key, body, condition);
  }
}

/** A store whose first writes below a key fail, as told. */
class FaultyStore extends MemoryStore {
  readonly #below: string;
  readonly #failures: Error[];
  constructor(below: string, failures: readonly Error[]) {
    super();
    this.#below = below;
    this.#failures = [...failures];
  }
  override async write(key: string, body: string | AsyncIterable<string>, condition?: WriteCondition) {
    const failure = key.startsWith(this.#below) ? this.#failures.shift() : undefined;
    if (failure) throw failure;
    return super.write(key, body, condition);
  }
}

describe('a shard', () => {
  test('gives the same rows in the order of the prompts, and never has more calls under way than it may, whatever comes first and wherever it crashes', async () => {
    const shards = fc.record({
      count: fc.integer({ min: 0, max: 8 }),
      callsAtOnce: fc.integer({ min: 1, max: 4 }),
      crashes: fc.array(fc.nat({ max: 5 }), { maxLength: 3 }),
      lives: fc.option(fc.nat({ max: 4 }), { nil: Number.POSITIVE_INFINITY }),
      scheduler: fc.scheduler(),
    });
    await fc.assert(
      fc.asyncProperty(shards, async ({ count, callsAtOnce, crashes, lives, scheduler }) => {
        const store = new MortalStore(lives);
        const before: string[] = [];
        let underWay = 0;
        const live = async (crashAt: number) => {
          let calls = 0;
          const work = async ({ id }: { readonly id: string }) => {
            expect(before).not.toContain(id);
            expect(++underWay).toBeLessThanOrEqual(callsAtOnce);
            const call = calls++;
            await scheduler.schedule(Promise.resolve(), id);
            underWay--;
            if (call === crashAt) throw new Error('crashed');
            return rowOf(id);
          };
          const living = workThroughShard(servicesOf(store), shardOf(runOf({ callsAtOnce }), prompts(count), work));
          return scheduler.waitFor(living);
        };

        for (const crashAt of crashes) {
          await live(crashAt).catch(() => undefined);
          before.push(...(await recorded(store)));
        }
        store.lives = Number.POSITIVE_INFINITY;

        expect(await live(Number.NaN)).toEqual(prompts(count).map(({ id }) => rowOf(id)));
      }),
    );
  });

  test('that fails begins nothing new, finishes what is under way, and keeps it', async () => {
    const store = new SlowStore();
    const begun: string[] = [];
    const slow = Promise.withResolvers<void>();
    const shard = shardOf(runOf({ callsAtOnce: 2 }), prompts(6), async ({ id }) => {
      begun.push(id);
      if (id === 'p-1') {
        slow.resolve();
        throw new Error('broken');
      }
      await slow.promise;
      return rowOf(id);
    });

    await expect(workThroughShard(servicesOf(store), shard)).rejects.toThrow('broken');
    expect(begun).toEqual(['p-0', 'p-1']);
    expect(await recorded(store)).toEqual(['p-0']);
  });

  test('neither takes over nor counts rows of prompts that are not its own', async () => {
    const store = new MemoryStore();
    const rows = [rowOf('stranger'), rowOf('p-0')].map((row) => JSON.stringify(row));
    store.objects.set(`${checkpoints}a.jsonl`, rows.join('\n'));
    const done: number[] = [];
    const services = servicesOf(store, { progress: { progress: (event) => done.push(event.done) } });
    const worked: string[] = [];
    const shard = shardOf(runOf(), prompts(2), async ({ id }) => {
      worked.push(id);
      return rowOf(id);
    });

    expect(await workThroughShard(services, shard)).toEqual([rowOf('p-0'), rowOf('p-1')]);
    expect(worked).toEqual(['p-1']);
    expect(done).toEqual([1, 2]);
  });

  test('says which checkpoint it can not read', async () => {
    const store = new MemoryStore();
    store.objects.set(`${checkpoints}a.jsonl`, '{"prompt":"p-0","sa');

    const working = workThroughShard(
      servicesOf(store),
      shardOf(runOf(), prompts(1), async ({ id }) => rowOf(id)),
    );

    await expect(working).rejects.toThrow(ArtifactUnreadable);
    await expect(working).rejects.toThrow(`${checkpoints}a.jsonl, line 1,`);
  });

  test('works no more once it is stopped', async () => {
    const store = new MemoryStore();
    const controller = new AbortController();
    const shard = shardOf(runOf({ callsAtOnce: 1 }), prompts(6), async ({ id }) => {
      if (id === 'p-2') controller.abort(new Error('stopped'));
      return rowOf(id);
    });

    await expect(workThroughShard(servicesOf(store, { stop: controller.signal }), shard)).rejects.toThrow('stopped');
    expect((await recorded(store)).toSorted()).toEqual(['p-0', 'p-1', 'p-2']);
  });

  test('tells how far it is and what it has spent, earlier lives included', async () => {
    const store = new MemoryStore();
    const usage = { ...oneCall, usd: 0.25 };
    store.objects.set(`${checkpoints}a.jsonl`, JSON.stringify({ ...rowOf('p-0'), usage }));
    const events: ProgressEvent[] = [];
    const progress = { progress: (event: ProgressEvent) => events.push(event) };
    const run = { ...runOf(), prompts: { train: 30, heldOut: 1 } };

    await workThroughShard(
      servicesOf(store, { progress }),
      shardOf(run, prompts(2), async ({ id }) => ({ ...rowOf(id), usage })),
    );

    const where = { step: 'sample-responses', round: 1, shard: 0, of: 30 };
    expect(events).toEqual([
      { ...where, done: 1, usd: 0.25 },
      { ...where, done: 2, usd: 0.5 },
    ]);
  });
});

describe('a shard whose store fails for a moment', () => {
  test('writes at its end what could not be written before', async () => {
    const store = new FaultyStore(checkpoints, [new StoreUnavailable('gone')]);
    const shard = shardOf(runOf({ callsAtOnce: 1 }), prompts(3), async ({ id }) => {
      await setImmediate();
      return rowOf(id);
    });

    await expect(workThroughShard(servicesOf(store), shard)).rejects.toThrow('gone');
    // The third prompt is not begun once the failure is known.
    expect((await recorded(store)).toSorted()).toEqual(['p-0', 'p-1']);
  });

  test('has not failed when the failure came after its last prompt, and all is written in the end', async () => {
    const store = new FaultyStore(checkpoints, [new StoreUnavailable('gone')]);
    const shard = shardOf(runOf(), prompts(1), async ({ id }) => rowOf(id));

    expect(await workThroughShard(servicesOf(store), shard)).toEqual([rowOf('p-0')]);
    expect(await recorded(store)).toEqual(['p-0']);
  });
});

describe('a shard with a budget', () => {
  const run = runOf({ callsAtOnce: 1, budget: { calls: 3 } });
  const shard = shardOf(run, prompts(6), async ({ id }) => rowOf(id));
  const ledger = async (store: MemoryStore) =>
    spentBy((await findArtifact(store, keys.budget('run-1'), ledgerSchema)) ?? { parts: {} });

  test('stops at its limit, and writes down what it spent', async () => {
    const store = new MemoryStore();

    await expect(workThroughShard(servicesOf(store), shard)).rejects.toThrow(BudgetReached);
    expect(await recorded(store)).toHaveLength(3);
    expect(await ledger(store)).toEqual({ ...noUsage, calls: 3 });
  });

  test('goes on where others are faster at the ledger, and is right in the end', async () => {
    const conflicts = Array.from({ length: 5 }, () => new WriteConflict('somebody was faster'));
    const store = new FaultyStore(keys.budget('run-1'), conflicts);
    const roomy = shardOf(runOf({ budget: { calls: 100 } }), prompts(6), async ({ id }) => rowOf(id));

    expect(await workThroughShard(servicesOf(store), roomy)).toHaveLength(6);
    expect(await ledger(store)).toEqual({ ...noUsage, calls: 6 });
  });

  test('keeps its rows even where the ledger can not be written at all', async () => {
    const store = new FaultyStore(
      keys.budget('run-1'),
      Array.from({ length: 9 }, () => new StoreUnavailable('gone')),
    );
    const slow = shardOf(runOf({ callsAtOnce: 6, budget: { calls: 100 } }), prompts(6), async ({ id }) => {
      for (let turn = 0; turn < Number(id.slice(2)); turn++) await setImmediate();
      return rowOf(id);
    });

    await expect(workThroughShard(servicesOf(store), slow)).rejects.toThrow('gone');
    expect(await recorded(store)).toHaveLength(6);
  });

  test('counts what it paid for before a crash that the ledger did not see', async () => {
    const store = new MemoryStore();
    store.objects.set(`${checkpoints}a.jsonl`, ['p-0', 'p-1', 'p-2'].map((id) => JSON.stringify(rowOf(id))).join('\n'));

    await expect(workThroughShard(servicesOf(store), shard)).rejects.toThrow(BudgetReached);
    expect(await ledger(store)).toEqual({ ...noUsage, calls: 3 });
  });
});
