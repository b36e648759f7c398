import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { keys } from '../../../core/artifact-keys.ts';
import { evaluationSummarySchema } from '../../../core/evaluation/summarize-evaluation.ts';
import { registrySchema } from '../../../core/registry.ts';
import { failureSchema, outcomeSchema } from '../../../core/run.ts';
import { findArtifact, readArtifact } from '../../../functions/artifacts.ts';
import { directoryStore } from '../../../providers/directory/store.ts';
import { eventsOf, type Outcome, ratchet } from '../command-line.ts';
import { smallLoop } from '../small-loop.ts';

let directory: string;
/** It was evaluating its candidate when the other one promoted its own. */
let slow: Outcome;
let quick: Outcome;
let resumed: Outcome;

beforeAll(async () => {
  // A gate that lets nearly everything through: here it is not the gate that decides.
  const small = await smallLoop({ evaluation: { alpha: 0.9, minimumPrompts: 10, guards: { checks: 1 } } });
  directory = small.directory;
  const run = (name: string) => ['run', small.file, '--run', name, '--store', directory, '--json'];
  let overtaking: Promise<Outcome> | undefined;
  slow = await ratchet(run('slow'), (line, child) => {
    if (overtaking || JSON.parse(line).state !== 'Evaluate candidate') return;
    child.kill('SIGSTOP');
    overtaking = ratchet(run('quick')).finally(() => child.kill('SIGCONT'));
  });
  quick = await overtaking!;
  resumed = await ratchet(['resume', 'slow', '--store', directory, '--json']);
}, 90_000);

afterAll(async () => {
  await rm(directory, { recursive: true, force: true });
});

test('of two runs at once on one loop, the one that comes first promotes', () => {
  expect([quick.code, quick.stderr]).toEqual([0, '']);
  expect(eventsOf(quick)).toContainEqual(expect.objectContaining({ event: 'decision', promote: true }));
});

test('the other one would promote too, but its evidence is about another incumbent: it ends so, also when it is resumed', async () => {
  const store = directoryStore(directory);

  expect(eventsOf(slow)).toContainEqual(expect.objectContaining({ event: 'decision', promote: true }));
  for (const { code, stdout } of [slow, resumed]) {
    expect([code, JSON.parse(stdout.at(-1)!)]).toEqual([
      1,
      expect.objectContaining({ event: 'end', ending: 'failed', error: 'IncumbentMoved' }),
    ]);
  }
  expect(await readArtifact(store, keys.failure('slow'), failureSchema)).toMatchObject({ Error: 'IncumbentMoved' });
  expect(await findArtifact(store, keys.outcome('slow', 1), outcomeSchema)).toBeUndefined();
});

test('the registry tells one story: each promoted student was compared with the one before it', async () => {
  const store = directoryStore(directory);
  const { incumbent, history } = await readArtifact(store, keys.registry('small'), registrySchema);

  expect(history.map(({ how, run }) => [how, run])).toEqual([
    ['base', null],
    ['promotion', 'quick'],
  ]);
  expect(history.at(-1)!.model).toBe(incumbent);
  for (const [index, { run, round, model }] of history.slice(1).entries()) {
    const { heldOut } = await readArtifact(store, keys.evaluation(run!, round!), evaluationSummarySchema);
    expect([heldOut.incumbent.model, heldOut.candidate.model]).toEqual([history[index]!.model, model]);
  }
});
