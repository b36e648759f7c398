import { expect, test } from '@jest/globals';
import { keys } from '../../core/artifact-keys.ts';
import type { WriteCondition } from '../../core/ports.ts';
import { readRun, writeArtifact } from '../../functions/artifacts.ts';
import { planRun } from '../../functions/plan-run/handler.ts';
import { MemoryStore } from '../fakes/memory-store.ts';
import { prompts, runOf, servicesOf } from './shard-fixture.ts';

/** Counts how far the staged prompts are read ahead of the shards that are written. */
class WatchingStore extends MemoryStore {
  mostAhead = 0;
  #ahead = 0;

  override async *lines(key: string) {
    for await (const line of super.lines(key)) {
      this.#ahead++;
      yield line;
    }
  }

  override async write(key: string, body: string | AsyncIterable<string>, condition?: WriteCondition) {
    return super.write(key, typeof body === 'string' ? body : this.#watched(body), condition);
  }

  async *#watched(body: AsyncIterable<string>) {
    for await (const line of body) {
      this.mostAhead = Math.max(this.mostAhead, this.#ahead--);
      yield line;
    }
  }
}

async function planOf(train: number, heldOut: number) {
  const store = new WatchingStore();
  const { loop } = runOf();
  await writeArtifact(store, keys.stagedLoop('desk', 'v1'), { ...loop, shards: { ...loop.shards, prompts: 10 } });
  const bodyOf = (count: number) =>
    prompts(count)
      .map((prompt) => `${JSON.stringify(prompt)}\n`)
      .join('');
  await store.write(keys.stagedPrompts('desk', 'v1', 'train'), bodyOf(train));
  await store.write(keys.stagedPrompts('desk', 'v1', 'held-out'), bodyOf(heldOut));
  const state = await planRun.run({ run: 'run-1', loop: 'desk', version: 'v1' }, servicesOf(store));
  return { store, state, bodyOf };
}

test.each([
  [25, 3],
  [20, 2],
  [1, 1],
  [0, 0],
])('%d prompts in shards of 10 are %d shards, whole and in order', async (count, shards) => {
  const { store, state, bodyOf } = await planOf(count, 11);

  const bodies = Array.from({ length: shards }, (_, shard) => store.objects.get(keys.prompts('run-1', 'train', shard)));
  expect(bodies.join('')).toBe(bodyOf(count));
  expect(state).toMatchObject({ trainShards: Array.from({ length: shards }, (_, n) => n), heldOutShards: [0, 1] });
  expect((await readRun(store, 'run-1')).prompts).toEqual({ train: count, heldOut: 11 });
});

test('each line is written before the next is read: no shard is held', async () => {
  const { store } = await planOf(100, 1);

  expect(store.mostAhead).toBe(1);
});
