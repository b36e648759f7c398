import { type ChildProcess, spawn } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { ArtifactUnreadable, InvalidInput, StoreRefused, StoreUnavailable } from '../../../core/errors.ts';
import { lockName } from '../../../providers/directory/paths.ts';
import { directoryStore } from '../../../providers/directory/store.ts';
import { unavailable } from '../../../providers/directory/translate-error.ts';
import { storeContract } from '../store-contract.ts';
import { all } from '../store-moves.ts';

const child = join(import.meta.dirname, 'child.ts');

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'ratchet-store-'));
});
afterEach(async () => {
  await chmod(root, 0o700);
  await rm(root, { recursive: true });
});

storeContract('a directory', () => directoryStore(join(root, 'not/made/yet')));

describe('keys', () => {
  test.each(['', '/etc/passwd', '../outside', 'a/../../outside', 'a//b', 'a/', './a', 'a\\b', 'a\0b', 'a/.ratchet-x'])(
    'the key %j is refused',
    async (key) => {
      const store = directoryStore(root);

      await expect(store.write(key, 'x')).rejects.toThrow(InvalidInput);
      await expect(store.read(key)).rejects.toThrow(InvalidInput);
    },
  );

  test('a prefix without its slash is refused: it would list what only begins alike', async () => {
    await expect(all(directoryStore(root).list('runs'))).rejects.toThrow(InvalidInput);
  });
});

describe('damage', () => {
  test('a line that is not UTF-8 is named by key and number', async () => {
    await writeFile(join(root, 'rows.jsonl'), Buffer.from([0x61, 0x0a, 0x0a, 0xc3, 0x28, 0x0a]));

    const reading = all(directoryStore(root).lines('rows.jsonl'));

    await expect(reading).rejects.toThrow(ArtifactUnreadable);
    await expect(reading).rejects.toThrow('rows.jsonl, line 3,');
  });

  test('an object that is not UTF-8 is named by its key', async () => {
    await writeFile(join(root, 'registry.json'), Buffer.from([0xff]));

    await expect(directoryStore(root).read('registry.json')).rejects.toThrow(/^registry\.json is not UTF-8 text/);
  });
});

describe('after a crash', () => {
  test('left-over files are neither listed nor in the way', async () => {
    await writeFile(join(root, '.ratchet-writing-0000'), 'half an obj');
    await writeFile(join(root, 'object'), 'whole');

    const store = directoryStore(root);
    await store.write('object', 'next', { ifVersion: (await store.read('object'))!.version });

    expect(await all(store.list(''))).toEqual(['object']);
    expect((await store.read('object'))?.body).toBe('next');
  });

  const now = Date.now();
  test.each([
    ['of a process that is gone', { pid: 2 ** 22 + 1, host: hostname(), time: now, token: 't' }],
    [
      'with our own process id, from before we started',
      { pid: process.pid, host: hostname(), time: now - 2e4, token: 't' },
    ],
    ['of another machine, half a minute old', { pid: 1, host: 'elsewhere', time: now - 31_000, token: 't' }],
    ['that nobody can read', 'not json'],
  ])('a lock %s falls', async (_, holder) => {
    const started = process.uptime() * 1000;
    const planted =
      typeof holder === 'object' && holder.pid === process.pid ? { ...holder, time: now - started - 1 } : holder;
    await writeFile(join(root, lockName('count')), JSON.stringify(planted));
    await writeFile(join(root, 'count'), '0');

    const store = directoryStore(root);
    const { version } = (await store.read('count'))!;
    await store.write('count', '1', { ifVersion: version });

    expect(await readdir(root)).toEqual(['count']);
  });

  test('a lock and its breaker both left behind still fall', async () => {
    const gone = JSON.stringify({ pid: 2 ** 22 + 1, host: hostname(), time: now, token: 't' });
    await writeFile(join(root, lockName('count')), gone);
    await writeFile(join(root, `${lockName('count')}-breaker`), gone);

    await directoryStore(root).write('count', '1');

    expect(await readdir(root)).toEqual(['count']);
  });

  test('a writer that is killed leaves no object, and the next one succeeds', async () => {
    const writer = start('write forever');
    await new Promise((resolve) => writer.stdout!.once('data', resolve));
    writer.kill('SIGKILL');
    await new Promise((resolve) => writer.once('close', resolve));

    const store = directoryStore(root);
    expect(await readdir(root)).toHaveLength(1);
    expect(await store.read('rows.jsonl')).toBeUndefined();
    expect(await all(store.list(''))).toEqual([]);
    await store.write('rows.jsonl', 'whole', { ifAbsent: true });
    expect(await all(store.lines('rows.jsonl'))).toEqual(['whole']);
  });
});

describe('two processes', () => {
  test('lose no increment, even where the first meets a stale lock', async () => {
    await writeFile(join(root, 'count'), '0');
    const stale = { pid: 2 ** 22 + 1, host: hostname(), time: Date.now(), token: 't' };
    await writeFile(join(root, lockName('count')), JSON.stringify(stale));

    await Promise.all([outcomeOf(start('increment')), outcomeOf(start('increment'))]);

    expect(await directoryStore(root).read('count')).toMatchObject({ body: '120' });
    expect(await readdir(root)).toEqual(['count']);
  });

  test('never create the same object both', async () => {
    const wins = await Promise.all([outcomeOf(start('create')), outcomeOf(start('create'))]);

    expect(Number(wins[0]) + Number(wins[1])).toBe(100);
  });
});

test('300 MB stream through a heap of 32 MB, and at no time is a tenth of them held', async () => {
  const outcome = await outcomeOf(start('stream', 32));

  expect(outcome).toMatchObject({ bytes: 150_000 * 2001, samples: 30 });
  expect((outcome as { mostHeldMegabytes: number }).mostHeldMegabytes).toBeLessThan(30);
});

describe('a disk that refuses', () => {
  test('a read-only root names the path and the remedy', async () => {
    await chmod(root, 0o555);

    const outcome = await outcomeOf(start('write once'));

    expect(outcome).toMatchObject({ name: 'StoreRefused', message: expect.stringContaining(root) });
    expect(outcome).toMatchObject({ message: expect.stringContaining('write access') });
  });

  test('a file where a directory is needed names it', async () => {
    await mkdir(join(root, 'runs'));
    await writeFile(join(root, 'runs/r1'), 'a file');

    const writing = directoryStore(root).write('runs/r1/run.json', '{}');

    await expect(writing).rejects.toThrow(StoreRefused);
    await expect(writing).rejects.toThrow(join(root, 'runs/r1'));
  });

  test.each([
    ['ENOSPC', StoreRefused, 'free some space'],
    ['EROFS', StoreRefused, 'can be written'],
    ['EACCES', StoreRefused, 'write access'],
    ['EXDEV', StoreUnavailable, 'Check the directory'],
  ])('%s says what to do', (code, named, remedy) => {
    const cause = Object.assign(new Error('no'), { code });

    const error = unavailable('/store/runs', cause);

    expect(error).toBeInstanceOf(named);
    expect(error.message).toContain('/store/runs');
    expect(error.message).toContain(remedy);
    expect(error.cause).toBe(cause);
  });
});

function start(task: string, heapMegabytes = 512): ChildProcess {
  const argv = [`--max-old-space-size=${heapMegabytes}`, '--expose-gc', child, root, task];
  return spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'inherit'] });
}

async function outcomeOf(process: ChildProcess): Promise<unknown> {
  return JSON.parse(await text(process.stdout!));
}
