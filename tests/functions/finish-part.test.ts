import { describe, expect, test } from '@jest/globals';
import { keys } from '../../core/artifact-keys.ts';
import type { WriteCondition } from '../../core/ports.ts';
import { gather } from '../../functions/artifacts.ts';
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
  await finishPart(store, place, inTime, rowSchema, { summarize: usageOf });
  const written = store.objects.get(key);

  await finishPart(store, place, late, rowSchema, { summarize: usageOf });

  expect(store.objects.get(key)).toBe(written);
  expect(await findSummary(store, place)).toEqual({ rows: 2, usage: { ...oneCall, calls: 2 } });
});

test('rows are written one by one: all of them may be more than a string can hold', async () => {
  const written: string[] = [];
  class WatchedStore extends MemoryStore {
    override async write(at: string, body: string | AsyncIterable<string>, condition?: WriteCondition) {
      const pieces = typeof body === 'string' ? [body] : await gather(body);
      if (at === key) written.push(...pieces);
      return super.write(at, pieces.join(''), condition);
    }
  }
  const rows = ['p-0', 'p-1', 'p-2'].map(rowOf);

  await finishPart(new WatchedStore(), place, rows, rowSchema, { summarize: usageOf });

  expect(written).toEqual(rows.map((row) => `${JSON.stringify(row)}\n`));
});

describe('the calls of a part', () => {
  const calls = keys.calls('run-1', 1, 'responses', 0);
  const later = `${keys.reusableCalls('desk', 'setup', 0)}run-1.jsonl`;
  const call = (name: string, answer: object) =>
    `${JSON.stringify({ call: name, at: '2026-11-24T09:00:00Z', usage: oneCall, answer })}\n`;
  const text = { text: 'Hello', finish: 'stop' };

  test('are gone once it is finished', async () => {
    const store = new MemoryStore();
    await store.write(`${calls}a.jsonl`, call('a', { texts: [text] }));

    await finishPart(store, place, [rowOf('p-0')], rowSchema, { summarize: usageOf });

    expect([...store.objects.keys()]).toEqual([key, keys.summary('run-1', 1, 'responses', 0)]);
  });

  test('are kept for later runs where they are of use to them', async () => {
    const store = new MemoryStore();
    await store.write(`${calls}a.jsonl`, call('a', { texts: [text] }));
    await store.write(`${calls}b.jsonl`, call('b', { ...text, finish: 'length' }));

    await finishPart(store, place, [rowOf('p-0')], rowSchema, { summarize: usageOf, keepCallsAt: later });

    expect(store.objects.get(later)).toBe(call('a', { texts: [text] }) + call('b', { ...text, finish: 'length' }));
  });

  test.each<[string, object]>([
    ['a refusal', { texts: [{ text: 'No.', finish: 'refusal' }] }],
    ['one that was filtered', { texts: [text, { text: '', finish: 'filtered' }] }],
    ['one that was rejected', { text: undefined, finish: 'rejected' }],
    ['an empty answer', { text: '', finish: 'stop' }],
    ['no answer at all', { texts: [] }],
  ])('that got %s are not: another run asks again', async (_, answer) => {
    const store = new MemoryStore();
    await store.write(`${calls}a.jsonl`, call('a', answer));

    await finishPart(store, place, [rowOf('p-0')], rowSchema, { summarize: usageOf, keepCallsAt: later });

    expect(store.objects.has(later)).toBe(false);
  });

  test('that an earlier life has kept are not lost to one that comes too late', async () => {
    const store = new MemoryStore();
    const options = { summarize: usageOf, keepCallsAt: later };
    await store.write(`${calls}a.jsonl`, call('a', { texts: [text] }));
    await finishPart(store, place, [rowOf('p-0')], rowSchema, options);

    await store.write(`${calls}b.jsonl`, call('b', { texts: [text] }));
    await finishPart(store, place, [rowOf('p-0')], rowSchema, options);

    expect(store.objects.get(later)).toBe(call('a', { texts: [text] }));
  });
});
