import { expect, test } from '@jest/globals';
import { keys } from '../../core/artifact-keys.ts';
import { usageOfShards } from '../../functions/usage-of-run.ts';
import { MemoryStore } from '../fakes/memory-store.ts';
import { oneCall, runOf } from './shard-fixture.ts';

const calls = keys.calls('run-1', 1, 'responses', 0);
const call = `${JSON.stringify({ call: 'c', at: '2026-11-24T09:00:00Z', usage: oneCall, answer: {} })}\n`;

test('a shard that has not finished has cost what its recorded calls have', async () => {
  const store = new MemoryStore();
  for (const name of ['a', 'b']) store.objects.set(`${calls}${name}.jsonl`, call);

  expect(await usageOfShards(store, runOf(), 1, 'responses')).toEqual([{ ...oneCall, calls: 2 }]);
  expect(await usageOfShards(store, runOf(), 1, 'verdicts')).toEqual([undefined]);
});

test('a shard that finishes while its calls are read has cost what its summary says', async () => {
  const usage = { ...oneCall, calls: 3 };
  class BusyStore extends MemoryStore {
    override async *list(prefix: string) {
      for await (const key of super.list(prefix)) {
        yield key;
        this.objects.set(keys.summary('run-1', 1, 'responses', 0), JSON.stringify({ rows: 1, usage }));
        for (const name of ['a', 'b', 'c']) this.objects.delete(`${calls}${name}.jsonl`);
      }
    }
  }
  const store = new BusyStore();
  for (const name of ['a', 'b', 'c']) store.objects.set(`${calls}${name}.jsonl`, call);

  expect(await usageOfShards(store, runOf(), 1, 'responses')).toEqual([usage]);
});
