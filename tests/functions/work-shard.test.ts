import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { ProgressEvent } from '../../core/ports.ts';
import { workThroughShard } from '../../functions/work-shard.ts';
import { MemoryStore } from '../fakes/memory-store.ts';
import { oneCall, prompts, rowOf, runOf, servicesOf, shardOf } from './shard-fixture.ts';

const services = servicesOf(new MemoryStore());

describe('a shard', () => {
  test('gives the same rows in the order of the prompts, whatever comes first, and never works on more than twice as many as calls may be under way', async () => {
    const shards = fc.record({
      count: fc.integer({ min: 0, max: 8 }),
      callsAtOnce: fc.integer({ min: 1, max: 3 }),
      scheduler: fc.scheduler(),
    });
    await fc.assert(
      fc.asyncProperty(shards, async ({ count, callsAtOnce, scheduler }) => {
        let underWay = 0;
        const work = async ({ id }: { readonly id: string }) => {
          expect(++underWay).toBeLessThanOrEqual(2 * callsAtOnce);
          await scheduler.schedule(Promise.resolve(), id);
          underWay--;
          return rowOf(id);
        };

        const working = workThroughShard(services, shardOf(runOf({ callsAtOnce }), prompts(count), work));

        expect(await scheduler.waitFor(working)).toEqual(prompts(count).map(({ id }) => rowOf(id)));
      }),
    );
  });

  test('that fails begins nothing new, finishes what is under way, and tells of the first failure at once', async () => {
    const begun: string[] = [];
    const finished: string[] = [];
    const told: unknown[] = [];
    const slow = Promise.withResolvers<void>();
    const broken = new Error('broken');
    const shard = shardOf(runOf({ callsAtOnce: 1 }), prompts(6), async ({ id }) => {
      begun.push(id);
      if (id === 'p-1') throw broken;
      await slow.promise;
      finished.push(id);
      return rowOf(id);
    });
    const onFailure = (error: unknown) => {
      told.push(error);
      expect(finished).toEqual([]);
      slow.resolve();
    };

    await expect(workThroughShard(services, { ...shard, onFailure })).rejects.toBe(broken);
    expect(begun).toEqual(['p-0', 'p-1']);
    expect(finished).toEqual(['p-0']);
    expect(told).toEqual([broken]);
  });

  test('works no more once it is stopped', async () => {
    const controller = new AbortController();
    const worked: string[] = [];
    const shard = shardOf(runOf({ callsAtOnce: 1 }), prompts(9), async ({ id }) => {
      worked.push(id);
      if (id === 'p-2') controller.abort(new Error('stopped'));
      return rowOf(id);
    });

    const working = workThroughShard(servicesOf(new MemoryStore(), { stop: controller.signal }), shard);

    await expect(working).rejects.toThrow('stopped');
    expect(worked.length).toBeLessThanOrEqual(4);
  });

  test('tells how far it is and what it has spent', async () => {
    const usage = { ...oneCall, usd: 0.25 };
    const events: ProgressEvent[] = [];
    const progress = { progress: (event: ProgressEvent) => events.push(event) };
    const run = { ...runOf({ callsAtOnce: 1 }), prompts: { train: 30, heldOut: 1 } };

    await workThroughShard(
      servicesOf(new MemoryStore(), { progress }),
      shardOf(run, prompts(2), async ({ id }) => ({ ...rowOf(id), usage })),
    );

    const where = { step: 'sample-responses', round: 1, shard: 0, of: 30 };
    expect(events).toEqual([
      { ...where, done: 0, usd: 0 },
      { ...where, done: 1, usd: 0.25 },
      { ...where, done: 2, usd: 0.5 },
    ]);
  });
});
