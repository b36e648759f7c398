import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { ArtifactMissing, ArtifactUnreadable, StoreUnavailable, WriteConflict } from '../../core/errors.ts';
import type { WriteCondition } from '../../core/ports.ts';
import {
  findArtifact,
  gather,
  readArtifact,
  readRows,
  updateArtifact,
  writeArtifact,
} from '../../functions/artifacts.ts';
import { MemoryStore } from '../fakes/memory-store.ts';
import { DistantStore, VirtualTime } from './virtual-time.ts';

const schema = z.strictObject({ count: z.int() });
const incremented = (current: z.infer<typeof schema> | undefined) => ({ count: (current?.count ?? 0) + 1 });

function storeWith(body: string): MemoryStore {
  const store = new MemoryStore();
  store.objects.set('a.json', body);
  return store;
}

/** A store whose conditional writes always meet somebody faster, or fail otherwise. */
class CrowdedStore extends MemoryStore {
  attempts = 0;
  readonly #error: Error;
  constructor(error: Error) {
    super();
    this.#error = error;
  }
  override async write(key: string, body: string | AsyncIterable<string>, condition?: WriteCondition) {
    if (!condition) return super.write(key, body);
    this.attempts++;
    throw this.#error;
  }
}

describe('an artifact', () => {
  test('that is written is read again, and is readable by a person', async () => {
    const store = new MemoryStore();

    await writeArtifact(store, 'a.json', { count: 1 });

    expect(await readArtifact(store, 'a.json', schema)).toEqual({ count: 1 });
    expect(store.objects.get('a.json')).toBe('{\n  "count": 1\n}\n');
  });

  test('that is not there is missing for who needs it, and nothing for who looks', async () => {
    const reading = readArtifact(new MemoryStore(), 'a.json', schema);

    await expect(reading).rejects.toThrow(ArtifactMissing);
    await expect(reading).rejects.toThrow('a.json');
    expect(await findArtifact(new MemoryStore(), 'a.json', schema)).toBeUndefined();
  });

  test.each([
    ['cut off', '{"count": 1', 'a.json is not JSON'],
    ['empty', '', 'a.json is not JSON'],
    ['something else', '{"count": "one"}', 'a.json does not fit its schema'],
    ['of a later version', '{"count": 1, "more": 2}', 'a.json does not fit its schema'],
  ])('that is %s is unreadable, and the message names it', async (_, body, says) => {
    const reading = findArtifact(storeWith(body), 'a.json', schema);

    await expect(reading).rejects.toThrow(ArtifactUnreadable);
    await expect(reading).rejects.toThrow(says);
  });

  test('of rows names the line that is unreadable', async () => {
    const store = storeWith('{"count": 1}\n{"count": 2}\n{"cou');

    await expect(gather(readRows(store, 'a.json', schema))).rejects.toThrow('a.json, line 3, is not JSON');
  });

  test('of rows that is not there is missing', async () => {
    await expect(gather(readRows(new MemoryStore(), 'a.json', schema))).rejects.toThrow(ArtifactMissing);
  });
});

describe('a write', () => {
  test('on a condition that does not hold is refused', async () => {
    const store = storeWith('{"count": 1}');

    await expect(writeArtifact(store, 'a.json', { count: 2 }, { ifAbsent: true })).rejects.toThrow(WriteConflict);
    expect(await readArtifact(store, 'a.json', schema)).toEqual({ count: 1 });
  });
});

describe('an update', () => {
  test('of many at once loses none', async () => {
    const store = new MemoryStore();
    const increment = () => updateArtifact(store, 'a.json', schema, incremented);

    await Promise.all(Array.from({ length: 8 }, increment));

    expect(await readArtifact(store, 'a.json', schema)).toEqual({ count: 8 });
  });

  test('that leaves it as it is writes nothing', async () => {
    const store = new CrowdedStore(new WriteConflict('never asked'));

    await updateArtifact(store, 'a.json', schema, () => undefined);

    expect(store.attempts).toBe(0);
  });

  test.each([25, 50])('of %i at once in a store that is far away loses none', async (writers) => {
    const time = new VirtualTime();
    const store = new DistantStore(time);
    const incrementOften = async () => {
      for (let done = 0; done < 15; done++)
        await updateArtifact(store, 'a.json', schema, incremented, time.persistence);
    };

    await time.passUntil(Promise.all(Array.from({ length: writers }, incrementOften)));

    expect(JSON.parse(store.objects.get('a.json')!)).toEqual({ count: 15 * writers });
  });

  test('that always loses waits longer each time, never as one with the others, and gives up with the conflict', async () => {
    const store = new CrowdedStore(new WriteConflict('somebody was faster'));
    const waits: number[] = [];
    const persistence = {
      tries: 10,
      jitter: () => 0.5,
      wait: async (milliseconds: number) => waits.push(milliseconds),
    };

    const updating = updateArtifact(store, 'a.json', schema, () => ({ count: 1 }), persistence);

    await expect(updating).rejects.toThrow(WriteConflict);
    expect(store.attempts).toBe(10);
    expect(waits).toEqual([12.5, 25, 50, 100, 200, 400, 800, 1000, 1000]);
  });

  test('that fails otherwise is not tried again', async () => {
    const store = new CrowdedStore(new StoreUnavailable('gone'));

    await expect(updateArtifact(store, 'a.json', schema, () => ({ count: 1 }))).rejects.toThrow(StoreUnavailable);
    expect(store.attempts).toBe(1);
  });
});
