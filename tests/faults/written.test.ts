import { afterAll, expect, test } from '@jest/globals';
import type { ChoiceFault } from '../endpoint-simulator/simulator-options.ts';
import { runUnder, type World } from './faulty-run.ts';
import { expectSound, note, printTable } from './outcome-table.ts';

afterAll(printTable);

const choice = (fault: ChoiceFault['fault'], on: 'student' | 'teacher'): World => ({
  choices: [{ fault, on, share: 0.3 }],
});

/** The last number is the least of pairs from 60 prompts. */
test.each<[string, World, number]>([
  ['responses cut off', choice('cut-off', 'student'), 38],
  ['responses refused', choice('refusal', 'student'), 40],
  ['fewer choices', choice('fewer-choices', 'student'), 50],
  ['duplicate choices', choice('duplicate-choices', 'student'), 30],
  ['responses that instruct the judge', choice('instruction', 'student'), 45],
  ['verdicts cut off', choice('cut-off', 'teacher'), 18],
  ['verdicts refused', choice('refusal', 'teacher'), 18],
])('30 %% of %s: no label is wrong', async (name, world, least) => {
  const run = await runUnder(world);
  note(name, run);

  expect(run.end).toEqual({ kind: 'ended', ending: 'dataset-ready' });
  expectSound(run);
  expect(run.truth.pairs.length).toBeGreaterThanOrEqual(least);
});
