import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { keys } from '../../core/artifact-keys.ts';
import { gather } from '../../functions/artifacts.ts';
import { directoryStore } from '../../providers/directory/store.ts';
import { eventsOf, type Outcome, ratchet } from './command-line.ts';
import { smallLoop } from './small-loop.ts';

let directory: string;
let pid: number | undefined;
let first: Outcome;
/** Came while the first one was in the middle of its run. */
let meddlers: { readonly resume: Outcome; readonly sameName: Outcome; readonly noName: Outcome };
/** Started at the same moment. */
let twins: readonly Outcome[];

beforeAll(async () => {
  const small = await smallLoop({ pairs: { minimum: 500 } });
  directory = small.directory;
  const here = (...words: string[]) => ratchet([...words, '--store', directory, '--json']);
  const meddle = async () => ({
    resume: await here('resume', 'small-1', '--calls', '1'),
    sameName: await here('run', small.file, '--run', 'small-1'),
    noName: await here('run', small.file),
  });
  let meddling: ReturnType<typeof meddle> | undefined;
  first = await ratchet(['run', small.file, '--store', directory, '--json'], (line, child) => {
    if (meddling || JSON.parse(line).state !== 'Sample responses') return;
    pid = child.pid;
    // It stands still, so that the others come in the middle of it.
    child.kill('SIGSTOP');
    meddling = meddle().finally(() => child.kill('SIGCONT'));
  });
  meddlers = await meddling!;
  twins = await Promise.all([here('run', small.file), here('run', small.file)]);
}, 120_000);

afterAll(async () => {
  await rm(directory, { recursive: true, force: true });
});

test('a run that a process executes is refused to resume and to run, with the process', () => {
  for (const { code, stdout, stderr } of [meddlers.resume, meddlers.sameName]) {
    expect([code, stdout]).toEqual([2, []]);
    expect(stderr).toContain(`process ${pid} on this machine has been executing it`);
  }
});

test('whoever is refused changes nothing: the run goes on to its own end', () => {
  expect(first).toMatchObject({ code: 3, stderr: '' });
  expect(eventsOf(first).at(-1)).toMatchObject({ run: 'small-1', ending: 'nothing-to-learn' });
});

test('a run without a name gets one of its own, also when two begin at the same moment', () => {
  const names = [meddlers.noName, ...twins].map((outcome) => eventsOf(outcome)[0]?.['run']);

  expect(names[0]).toBe('small-2');
  expect(names.slice(1).toSorted()).toEqual(['small-3', 'small-4']);
  expect(twins.map(({ code }) => code)).toEqual([3, 3]);
});

test('no lease is left behind', async () => {
  const left = await gather(directoryStore(directory).list('runs/'));

  expect(left).toContain(keys.run('small-1'));
  expect(left.filter((key) => key.endsWith('/lease.json'))).toEqual([]);
});
