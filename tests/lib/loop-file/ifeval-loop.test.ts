import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { readLoopFile } from '../../../lib/loop-file/read-loop-file.ts';

test('the loop ifeval is read, and has no trainer', async () => {
  const { file, skill } = await readLoopFile(fileURLToPath(new URL('../../../loops/ifeval.yaml', import.meta.url)));

  expect(file.name).toBe('ifeval');
  expect(file.trainer).toBeUndefined();
  expect(skill.rules.length).toBeGreaterThan(0);
});
