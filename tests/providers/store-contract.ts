import { beforeEach, describe, expect, test } from '@jest/globals';
import { ArtifactMissing, WriteConflict } from '../../core/errors.ts';
import type { Store } from '../../core/ports.ts';
import { all, increment, rowsUpTo, succeeds } from './store-moves.ts';

/** What every store must do, whatever it is made of. `makeStore` gives an empty one each time. */
export function storeContract(name: string, makeStore: () => Store | Promise<Store>): void {
  describe(`${name} keeps the contract of a store`, () => {
    let store: Store;
    beforeEach(async () => {
      store = await makeStore();
    });

    describe('objects', () => {
      test.each([
        ['plain text', 'hello\n'],
        ['nothing', ''],
        ['many alphabets', 'größer, 日本語, עברית, 👩‍👩‍👧, \u0000, \u2028, \ufeff'],
        ['no line end', '{"a":1}'],
        ['other line ends', 'one\r\ntwo\r\n'],
      ])('%s comes back as it was written', async (_, body) => {
        const { version } = await store.write('runs/r1/object.json', body);

        expect(await store.read('runs/r1/object.json')).toEqual({ body, version });
      });

      test('an object that was never written reads as undefined', async () => {
        await store.write('runs/r1/object.json', 'there');

        expect(await store.read('runs/r1/other.json')).toBeUndefined();
        expect(await store.read('runs/r2/object.json')).toBeUndefined();
        expect(await store.read('runs/r1')).toBeUndefined();
      });

      test('a write without a condition replaces what is there, and its version', async () => {
        const first = await store.write('object', 'one');
        const second = await store.write('object', 'two');

        expect(second.version).not.toBe(first.version);
        expect(await store.read('object')).toEqual({ body: 'two', version: second.version });
      });

      test('deleting takes the object away, and deleting again is fine', async () => {
        await store.write('runs/r1/object.json', 'there');

        await store.delete('runs/r1/object.json');
        await store.delete('runs/r1/object.json');
        await store.delete('never/was/there.json');

        expect(await store.read('runs/r1/object.json')).toBeUndefined();
        expect(await all(store.list('runs/'))).toEqual([]);
      });
    });

    describe('conditions', () => {
      test('creating refuses what exists and leaves it as it is', async () => {
        await store.write('object', 'first', { ifAbsent: true });

        await expect(store.write('object', 'second', { ifAbsent: true })).rejects.toThrow(WriteConflict);

        expect((await store.read('object'))?.body).toBe('first');
      });

      test('what was deleted can be created again', async () => {
        await store.write('object', 'first', { ifAbsent: true });
        await store.delete('object');

        await store.write('object', 'second', { ifAbsent: true });

        expect((await store.read('object'))?.body).toBe('second');
      });

      test('of twenty creators exactly one wins, and its object stays', async () => {
        const creators = Array.from({ length: 20 }, (_, creator) => `creator ${creator}`);

        const wins = await Promise.all(
          creators.map((body) => succeeds(store.write('object', body, { ifAbsent: true }))),
        );

        const winners = creators.filter((_, creator) => wins[creator]);
        expect(winners).toEqual([(await store.read('object'))?.body]);
      });

      test('a write for an outdated version is refused and changes nothing', async () => {
        const { version } = await store.write('object', 'first');
        const next = await store.write('object', 'second', { ifVersion: version });

        await expect(store.write('object', 'third', { ifVersion: version })).rejects.toThrow(WriteConflict);

        expect(await store.read('object')).toEqual({ body: 'second', version: next.version });
      });

      test('a write for a version of what is gone is refused and brings nothing back', async () => {
        const { version } = await store.write('object', 'first');
        await store.delete('object');

        await expect(store.write('object', 'second', { ifVersion: version })).rejects.toThrow(WriteConflict);

        expect(await store.read('object')).toBeUndefined();
      });

      test('of twenty increments that retry their conflicts none is lost', async () => {
        await store.write('count', '0');

        await Promise.all(Array.from({ length: 20 }, () => increment(store, 'count')));

        expect((await store.read('count'))?.body).toBe('20');
      });

      test('a reader never sees half an object', async () => {
        const bodies = ['a', 'b', 'c'].map((letter) => letter.repeat(300_000));
        await store.write('object', bodies[0]!);
        let writing = true;
        const seen = new Set<string>();

        const reader = (async () => {
          while (writing) seen.add((await store.read('object'))?.body ?? 'gone');
        })();
        for (let turn = 0; turn < 12; turn++) await store.write('object', inPieces(bodies[turn % 3]!));
        writing = false;
        await reader;

        expect([...seen].filter((body) => !bodies.includes(body))).toEqual([]);
        expect(seen.size).toBeGreaterThan(0);
      });
    });

    describe('lines', () => {
      test('come without their ends, in order, empty ones left out', async () => {
        await store.write('rows.jsonl', '{"n":1}\n\n{"n":2}\r\n{"n":"größer\u2028 than a line"}');

        const rows = await all(store.lines('rows.jsonl'));

        expect(rows).toEqual(['{"n":1}', '{"n":2}', '{"n":"größer\u2028 than a line"}']);
      });

      test('of an empty object are none', async () => {
        await store.write('rows.jsonl', '');

        expect(await all(store.lines('rows.jsonl'))).toEqual([]);
      });

      test('of what is not there are an error that names it', async () => {
        const reading = all(store.lines('runs/r1/rows.jsonl'));

        await expect(reading).rejects.toThrow(ArtifactMissing);
        await expect(reading).rejects.toThrow('runs/r1/rows.jsonl');
      });

      test('fifty thousand stream in and out, with every character whole', async () => {
        const row = (n: number) => JSON.stringify({ n, text: '日本語 größer 👩‍👩‍👧'.repeat(1 + (n % 5)) });

        await store.write('rows.jsonl', rowsUpTo(50_000, row));

        let count = 0;
        for await (const line of store.lines('rows.jsonl')) if (line === row(count)) count++;
        expect(count).toBe(50_000);
      });

      test('a reader may stop early', async () => {
        await store.write('rows.jsonl', rowsUpTo(10_000, String));

        for await (const line of store.lines('rows.jsonl')) if (line === '3') break;

        await store.delete('rows.jsonl');
        expect(await store.read('rows.jsonl')).toBeUndefined();
      });

      test('a source that fails leaves what was there, and its own error comes through', async () => {
        await store.write('rows.jsonl', 'old');
        const failure = new Error('the source broke');

        await expect(store.write('rows.jsonl', breaksAfter(1000, failure))).rejects.toBe(failure);

        expect((await store.read('rows.jsonl'))?.body).toBe('old');
        expect(await all(store.list(''))).toEqual(['rows.jsonl']);
      });
    });

    test('keys are listed below a prefix, at every depth, in the order of their bytes', async () => {
      const inOrder = [
        'a/b-c',
        'a/b.json',
        'a/b/00000.jsonl',
        'a/b/00001.jsonl',
        'a/b/deep/er/x',
        'a/b0',
        'a/é',
        'a/😀',
      ];
      for (const key of inOrder.toReversed()) await store.write(key, key);
      await store.write('ab/c', 'another prefix');

      expect(await all(store.list('a/'))).toEqual(inOrder);
      expect(await all(store.list('a/b/'))).toEqual(inOrder.slice(2, 5));
      expect(await all(store.list('nothing/here/'))).toEqual([]);
      expect(await all(store.list(''))).toEqual([...inOrder, 'ab/c']);
    });
  });
}

async function* inPieces(text: string): AsyncIterable<string> {
  for (let start = 0; start < text.length; start += 50_000) yield text.slice(start, start + 50_000);
}

async function* breaksAfter(count: number, failure: Error): AsyncIterable<string> {
  yield* rowsUpTo(count, (n) => `row ${n} ${'x'.repeat(200)}`);
  throw failure;
}
