import { expect, test } from '@jest/globals';
import { keys } from '../../core/artifact-keys.ts';
import { findSummary, finishPart, usageOf } from '../../functions/finish-part.ts';
import { MemoryStore } from '../fakes/memory-store.ts';
import { oneCall, rowOf, rowSchema } from './shard-fixture.ts';

const place = { run: 'run-1', round: 1, part: 'responses', shard: 0 } as const;
const key = keys.part('run-1', 1, 'responses', 0);

test('a second life that comes too late changes neither the rows nor what the summary says of them', async () => {
  const store = new MemoryStore();
  const inTime = [rowOf('p-0'), rowOf('p-1')];
  const late = [
    { ...rowOf('p-0'), said: 'something else', usage: { ...oneCall, calls: 9 } },
    { ...rowOf('p-1'), said: 'something else' },
  ];
  await finishPart(store, place, inTime, rowSchema, usageOf);
  const written = store.objects.get(key);

  await finishPart(store, place, late, rowSchema, usageOf);

  expect(store.objects.get(key)).toBe(written);
  expect(await findSummary(store, place)).toEqual({ rows: 2, usage: { ...oneCall, calls: 2 } });
});

test('checkpoints are gone once the part is finished', async () => {
  const store = new MemoryStore();
  const checkpoint = `${keys.checkpoints('run-1', 1, 'responses', 0)}a.jsonl`;
  await store.write(checkpoint, `${JSON.stringify(rowOf('p-0'))}\n`);

  await finishPart(store, place, [rowOf('p-0')], rowSchema, usageOf);

  expect([...store.objects.keys()]).not.toContain(checkpoint);
});
