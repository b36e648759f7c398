import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { partSummarySchema } from '../../../core/part-summary.ts';
import { gather } from '../../../functions/artifacts.ts';
import { directoryStore } from '../../../providers/directory/store.ts';
import { eventsOf, ratchet } from '../command-line.ts';
import { type DataOnlyLoop, dataOnlyLoop, recordedCalls } from './data-only-loop.ts';
import { type Endpoint, openEndpoint, repeatedBetween } from './endpoint.ts';
import { type MountSpace, noMounts, openMountSpace } from './mount-space.ts';

const wish = { prompts: 400, promptsInShard: 100 };

let endpoint: Endpoint;
let loop: DataOnlyLoop;
let space: MountSpace | undefined;
beforeEach(async () => {
  endpoint = await openEndpoint({ latency: { medianMilliseconds: 10 } });
  loop = await dataOnlyLoop(endpoint.url, wish);
});
afterEach(async () => {
  await space?.close();
  space = undefined;
  await endpoint.close();
  await rm(loop.directory, { recursive: true, force: true });
});

/** A disk of a mount space as it is now, where everybody can look at it. */
async function copied({ run, disk }: MountSpace): Promise<string> {
  const copy = await mkdtemp(join(loop.directory, 'copy-'));
  await run(`cp -r ${disk}/. ${copy}`);
  return copy;
}

/** Parts whose rows are fewer or more than their summary says. */
async function halfWritten(directory: string): Promise<string[]> {
  const store = directoryStore(directory);
  const wrong: string[] = [];
  for await (const key of store.list('runs/')) {
    if (!key.endsWith('.summary.json')) continue;
    const { rows } = partSummarySchema.parse(JSON.parse((await store.read(key))!.body));
    const lines = await gather(store.lines(key.replace('.summary.json', '.jsonl')));
    if (lines.length !== rows) wrong.push(key);
  }
  return wrong;
}

const withMounts = noMounts === undefined ? describe : describe.skip;

withMounts(`a disk that is full ${noMounts ?? ''}`, () => {
  test('ends the run at once, by name, with path and remedy; with more room it goes on and pays nothing twice', async () => {
    space = await openMountSpace(1);
    const before = performance.now();

    const full = await space.ratchet('run', loop.file);
    const seconds = (performance.now() - before) / 1000;
    const made = await endpoint.quietCalls();
    const onFullDisk = await copied(space);
    const recorded = await recordedCalls(onFullDisk);
    const still = await space.ratchet('resume');
    await space.run(`mount -o remount,size=64m ${space.disk}`);
    const resumed = await space.ratchet('resume', '--json');
    const all = await endpoint.quietCalls();
    const onLargeDisk = await copied(space);

    expect(full.stderr.split('\n').filter((line) => line !== '')).toEqual([
      expect.stringMatching(/^StoreRefused: The store can't use \S+ \(ENOSPC\)\. The disk is full: free some space/),
    ]);
    expect(full.stderr).toContain(`can't use ${space.disk}/`);
    expect(full.stderr).not.toContain('.ratchet-');
    expect([full.code, full.stdout.join('\n')]).toEqual([1, expect.stringContaining('resume planted-1')]);
    // No patience: a minute and a half for the record, and half an hour for the step, are for stores that come back.
    expect(seconds).toBeLessThan(20);
    expect(recorded.size).toBeGreaterThan(50);
    expect(made.size).toBeLessThan(all.size);
    expect(await halfWritten(onFullDisk)).toEqual([]);
    expect([still.code, still.stderr]).toEqual([1, expect.stringContaining('StoreRefused')]);

    expect([resumed.code, resumed.stderr]).toEqual([0, '']);
    expect(eventsOf(resumed).at(-1)).toMatchObject({ ending: 'dataset-ready' });
    expect(await halfWritten(onLargeDisk)).toEqual([]);
    expect(repeatedBetween(made, all)).toHaveLength(made.size - recorded.size);
  }, 60_000);
});

const refusal = (remedy: string) => [1, expect.stringMatching(new RegExp(`^StoreRefused: .*${remedy}`))];

withMounts(`a file system that became read-only ${noMounts ?? ''}`, () => {
  test('is named with its remedy before any call is made, by run and by resume', async () => {
    space = await openMountSpace(64);
    const started = await space.ratchet('run', loop.file);
    const { requests } = await endpoint.counts();
    await space.run(`rm ${space.disk}/runs/planted-1/report.json && mount -o remount,ro ${space.disk}`);

    const refused = [await space.ratchet('run', loop.file), await space.ratchet('resume', 'planted-1')];

    expect(started.code).toBe(0);
    for (const { code, stderr } of refused) expect([code, stderr]).toEqual(refusal('read-only'));
    expect((await endpoint.counts()).requests).toBe(requests);
  }, 60_000);
});

test('a directory without permission is named with its remedy before any call is made', async () => {
  const directory = join(await mkdtemp(join(tmpdir(), 'ratchet-closed-')), 'store');
  await mkdir(directory);
  await chmod(directory, 0o555);
  await chmod(join(directory, '..'), 0o755);
  await chmod(loop.directory, 0o755);

  // Permissions don't stop root, so where root runs the test somebody else runs the command.
  const somebody = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};
  const { code, stderr } = await ratchet(['run', loop.file, '--store', directory], undefined, somebody);
  await rm(join(directory, '..'), { recursive: true });

  expect([code, stderr]).toEqual(refusal('Permission is missing'));
  expect(stderr).toContain(directory);
  expect((await endpoint.counts()).requests).toBe(0);
}, 30_000);
