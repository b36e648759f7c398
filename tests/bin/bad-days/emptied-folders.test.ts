import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { Store } from '../../../core/ports.ts';
import { directoryStore } from '../../../providers/directory/store.ts';

let root: string;
let store: Store;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'ratchet-emptied-'));
  store = directoryStore(root);
});
afterEach(async () => {
  await rm(root, { recursive: true, force: true });
});

test('a folder goes with its last object, and those above it that it leaves empty, but never the root', async () => {
  await store.write('runs/r1/00000.calls/a.jsonl', 'a');
  await store.write('runs/r1/00000.calls/b.jsonl', 'b');
  await store.write('runs/r1/run.json', '{}');

  await store.delete('runs/r1/00000.calls/a.jsonl');
  expect(await readdir(join(root, 'runs/r1'))).toEqual(['00000.calls', 'run.json']);
  await store.delete('runs/r1/00000.calls/b.jsonl');
  expect(await readdir(join(root, 'runs/r1'))).toEqual(['run.json']);
  await store.delete('runs/r1/run.json');
  expect(await readdir(root)).toEqual([]);
});

test('a folder with something of anybody else in it stays', async () => {
  await store.write('runs/r1/run.json', '{}');
  await writeFile(join(root, 'runs/r1/.notes'), 'mine');

  await store.delete('runs/r1/run.json');

  expect(await readdir(join(root, 'runs/r1'))).toEqual(['.notes']);
});

test('writers whose folder vanishes under their feet all the time lose nothing, whatever the condition', async () => {
  const turns = Array.from({ length: 100 }, (_, turn) => turn);
  const lost: string[] = [];
  const comeAndGo = async (writer: number) => {
    for (const turn of turns) {
      // Two share a folder: where more do it is hardly ever empty.
      const key = `deep/${Math.floor(writer / 2)}/${writer}`;
      await store.write(key, `${turn}`, turn % 2 === 0 ? { ifAbsent: true } : undefined);
      if ((await store.read(key))?.body !== `${turn}`) lost.push(`${writer}: ${turn}`);
      await store.delete(key);
    }
  };

  await Promise.all(Array.from({ length: 4 }, (_, writer) => comeAndGo(writer)));

  expect(lost).toEqual([]);
  expect(await readdir(root)).toEqual([]);
});

test('many that delete the same object are all content', async () => {
  for (let turn = 0; turn < 30; turn++) {
    await store.write('deep/object', 'x');
    await Promise.all(Array.from({ length: 8 }, () => store.delete('deep/object')));
    expect(await store.read('deep/object')).toBeUndefined();
  }

  expect(await readdir(root)).toEqual([]);
});
