import { setImmediate } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { keys } from '../../core/artifact-keys.ts';
import { StoreUnavailable } from '../../core/errors.ts';
import type { WriteCondition } from '../../core/ports.ts';
import { readRun, writeArtifact } from '../../functions/artifacts.ts';
import { planRun } from '../../functions/plan-run/handler.ts';
import { MemoryStore } from '../fakes/memory-store.ts';
import { prompts, runOf, servicesOf } from './shard-fixture.ts';

/** A store that takes its time over a write, and counts how many are under way and how many lines they hold. */
class WatchingStore extends MemoryStore {
  mostAtOnce = 0;
  mostHeld = 0;
  /** The key that can't be written. */
  broken: string | undefined;
  #atOnce = 0;
  #held = 0;

  override async *lines(key: string) {
    for await (const line of super.lines(key)) {
      this.mostHeld = Math.max(this.mostHeld, ++this.#held);
      yield line;
    }
  }

  override async write(key: string, body: string | AsyncIterable<string>, condition?: WriteCondition) {
    this.mostAtOnce = Math.max(this.mostAtOnce, ++this.#atOnce);
    await setImmediate();
    if (key === this.broken) throw new StoreUnavailable(`${key}: gone`);
    this.#atOnce--;
    if (key.includes('/prompts/')) this.#held -= String(body).split('\n').length - 1;
    return super.write(key, body, condition);
  }
}

async function planOf(train: number, heldOut: number, size = 10, broken?: string) {
  const store = new WatchingStore();
  store.broken = broken;
  const { loop } = runOf();
  await writeArtifact(store, keys.stagedLoop('desk', 'v1'), { ...loop, shards: { ...loop.shards, prompts: size } });
  const bodyOf = (count: number) =>
    prompts(count)
      .map((prompt) => `${JSON.stringify(prompt)}\n`)
      .join('');
  await store.write(keys.stagedPrompts('desk', 'v1', 'train'), bodyOf(train));
  await store.write(keys.stagedPrompts('desk', 'v1', 'held-out'), bodyOf(heldOut));
  const planning = planRun.run({ run: 'run-1', loop: 'desk', version: 'v1', seed: 1 }, servicesOf(store));
  return { store, planning, bodyOf };
}

test.each([
  [25, 3],
  [20, 2],
  [1, 1],
  [0, 0],
])('%d prompts in shards of 10 are %d shards, whole and in order', async (count, shards) => {
  const { store, planning, bodyOf } = await planOf(count, 11);
  const state = await planning;

  const bodies = Array.from({ length: shards }, (_, shard) => store.objects.get(keys.prompts('run-1', 'train', shard)));
  expect(bodies.join('')).toBe(bodyOf(count));
  expect(state).toMatchObject({ trainShards: Array.from({ length: shards }, (_, n) => n), heldOutShards: [0, 1] });
  expect((await readRun(store, 'run-1')).prompts).toEqual({ train: count, heldOut: 11 });
});

test.each([
  { size: 10, atOnce: 16 },
  { size: 1000, atOnce: 5 },
  { size: 5000, atOnce: 1 },
])('shards of $size prompts are written $atOnce at once, and no more of them are held', async ({ size, atOnce }) => {
  const { store, planning } = await planOf(size * (atOnce + 3), 1, size);
  await planning;

  expect([store.mostAtOnce, store.mostHeld]).toEqual([atOnce, size * atOnce]);
});

test('a shard that can not be written fails the plan, and no more are begun', async () => {
  const { store, planning } = await planOf(1000, 1, 10, keys.prompts('run-1', 'train', 20));

  await expect(planning).rejects.toThrow(StoreUnavailable);
  expect(store.objects.has(keys.prompts('run-1', 'train', 99))).toBe(false);
  expect(store.objects.has(keys.run('run-1'))).toBe(false);
});
