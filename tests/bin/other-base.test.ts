import { rm } from 'node:fs/promises';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { keys } from '../../core/artifact-keys.ts';
import { newRegistry, registrySchema } from '../../core/registry.ts';
import { readArtifact, writeArtifact } from '../../functions/artifacts.ts';
import { directoryStore } from '../../providers/directory/store.ts';
import { ratchet } from './command-line.ts';
import { smallLoop } from './small-loop.ts';

let directory: string;
let file: string;

/** A loop that has run, with another student in its file. */
beforeEach(async () => {
  ({ directory, file } = await smallLoop({ pairs: { minimum: 500 } }));
  await writeArtifact(directoryStore(directory), keys.registry('small'), newRegistry('small', 'older', 'at first'));
});
afterEach(async () => {
  await rm(directory, { recursive: true, force: true });
});

test('another student in the loop file is not ignored: the run is refused before anything starts', async () => {
  const { code, stdout, stderr } = await ratchet(['run', file, '--store', directory]);

  expect([code, stdout]).toEqual([2, []]);
  expect(stderr).toContain('student.model is desk-base, but its students so far come from older');
  expect(stderr).toContain('--fresh');
});

test('--fresh starts from it', async () => {
  const { code } = await ratchet(['run', file, '--store', directory, '--fresh']);
  const { incumbent, history } = await readArtifact(directoryStore(directory), keys.registry('small'), registrySchema);

  expect(code).toBe(3);
  expect(incumbent).toBe('desk-base');
  expect(history.map(({ model, how }) => [model, how])).toEqual([
    ['older', 'base'],
    ['desk-base', 'base'],
  ]);
}, 60_000);
