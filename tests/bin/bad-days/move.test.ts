import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Holder, holderSchema } from '../../../bin/run-lease.ts';
import { keys } from '../../../core/artifact-keys.ts';
import type { CallCount } from '../../endpoint-simulator/call-counts.ts';
import { eventsOf, ratchet } from '../command-line.ts';
import { smallLoop } from '../small-loop.ts';
import { dataOnlyLoop, recordedCalls } from './data-only-loop.ts';
import { type Endpoint, openEndpoint, repeatedBetween, until } from './endpoint.ts';

const directories: string[] = [];
async function newPlace(): Promise<string> {
  directories.push(await mkdtemp(join(tmpdir(), 'ratchet-moved-')));
  return directories.at(-1)!;
}
afterAll(async () => {
  for (const directory of directories) await rm(directory, { recursive: true, force: true });
});

/** Moves a folder of one store to another; nothing else goes with it. */
async function moved(folder: string, from: string, to: string): Promise<void> {
  await cp(join(from, folder), join(to, folder), { recursive: true });
}

describe('a run whose process was killed, and whose folder alone was moved to another place', () => {
  let endpoint: Endpoint;
  let place: string;
  let made: ReadonlyMap<string, CallCount>;
  let recorded: ReadonlySet<string>;

  beforeAll(async () => {
    endpoint = await openEndpoint({ latency: { medianMilliseconds: 20 } });
    const { directory, file } = await dataOnlyLoop(endpoint.url, { prompts: 400, promptsInShard: 100 });
    place = await newPlace();
    let killing: Promise<void> | undefined;
    await ratchet(['run', file, '--store', directory, '--json'], (_, child) => {
      killing ??= until(async () => (await endpoint.counts()).answered >= 600).then(() => void child.kill('SIGKILL'));
    });
    await killing;
    made = await endpoint.quietCalls();
    recorded = await recordedCalls(directory);
    await moved('runs/planted-1', directory, place);
    await rm(directory, { recursive: true });
  }, 40_000);
  afterAll(() => endpoint.close());

  /** As if it had been begun on another machine. */
  async function leaveLease(changes: Partial<Holder>): Promise<void> {
    const path = join(place, keys.lease('planted-1'));
    const holder = holderSchema.parse(JSON.parse(await readFile(path, 'utf8')));
    await writeFile(path, JSON.stringify({ ...holder, ...changes }));
  }

  test('waits where its process was heard of a moment ago on another machine: it may live', async () => {
    await leaveLease({ host: 'another-machine', renewedAt: new Date().toISOString() });

    const { code, stderr } = await ratchet(['resume', '--store', place]);

    expect([code, stderr]).toEqual([
      2,
      expect.stringContaining('on another-machine is executing it, last heard of at'),
    ]);
    expect(stderr).toContain('If it is gone, the run is free two minutes after that');
    expect((await endpoint.counts()).requests).toBe(made.size);
  });

  test('goes on two minutes later, without the loop file and the folder of its loop, and pays for nothing twice', async () => {
    await leaveLease({ host: 'another-machine', renewedAt: new Date(Date.now() - 121_000).toISOString() });

    const resumed = await ratchet(['resume', '--store', place, '--json']);
    const all = await endpoint.quietCalls();

    expect([resumed.code, resumed.stderr]).toEqual([0, '']);
    expect(eventsOf(resumed).at(-1)).toMatchObject({ run: 'planted-1', ending: 'dataset-ready' });
    expect(recorded.size).toBeGreaterThan(300);
    expect(repeatedBetween(made, all)).toHaveLength(made.size - recorded.size);
  }, 40_000);
});

test('a run with a trainer needs the folder of its loop too: it says so before it pays for anything, and goes on with it', async () => {
  const { directory, file } = await smallLoop({ pairs: { minimum: 500 } });
  directories.push(directory);
  const place = await newPlace();
  const stopped = await ratchet(['run', file, '--store', directory, '--json'], (line, child) => {
    if (JSON.parse(line).state === 'Sample responses') child.kill('SIGINT');
  });
  await moved('runs/small-1', directory, place);

  const alone = await ratchet(['resume', '--store', place, '--json']);
  await moved('loops/small', directory, place);
  const together = await ratchet(['resume', '--store', place, '--json']);

  expect(stopped.code).toBe(130);
  expect([alone.code, alone.stdout]).toEqual([2, []]);
  expect(alone.stderr).toContain('copy the folder loops/small from where the run was begun');
  expect([together.code, together.stderr]).toEqual([3, '']);
}, 40_000);
