import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { runChecks } from '../../../core/checks/run-checks.ts';
import { CheckBroken } from '../../../core/errors.ts';
import { loopDocumentSchema } from '../../../core/loop.ts';
import { loadOwnChecks } from '../../../functions/own-checks.ts';
import { readOwnChecks, unknownOwnChecks } from '../../../lib/loop-file/own-checks.ts';
import { refusalOf } from './refusal.ts';

const folder = await mkdtemp(join(tmpdir(), 'own-checks-'));
afterAll(() => rm(folder, { recursive: true }));
const loopPath = join(folder, 'loop.yaml');

async function staged(name: string, source: string) {
  await writeFile(join(folder, name), source);
  return readOwnChecks({ mine: `./${name}` }, loopPath);
}

describe('a module of the user', () => {
  test('is staged as JavaScript, and runs from there as it was', async () => {
    const checks = await staged(
      'short.ts',
      `import type { Prompt } from './types.ts';
      export default function (response: string, options: { most: number }, prompt: Prompt): boolean {
        return response.length <= options.most && prompt.id === 'p1';
      }`,
    );
    const inDocument = loopDocumentSchema.shape.checks.parse(JSON.parse(JSON.stringify(checks)));
    const byName = await loadOwnChecks({ checks: inDocument });
    const own = { byName, prompt: { id: 'p1', messages: [] } };

    expect(runChecks([{ kind: 'own', name: 'mine', options: { most: 3 } }], 'abc', own).passed).toBe(1);
    expect(runChecks([{ kind: 'own', name: 'mine', options: { most: 2 } }], 'abc', own).passed).toBe(0);
  });

  test.each([
    ['relative.js', "import other from './other.js'; export default () => other;", /imports another file or a package/],
    ['package.js', "import zod from 'not-there'; export default () => zod;", /imports another file or a package/],
    ['value.js', 'export default 3;', /its default export is no function/],
    ['throws.js', 'throw new Error("boom");', /boom/],
    ['broken.ts', 'export default (response: string => true;', /does not load/],
    ['enum.ts', 'enum A { B } export default () => A.B === 0;', /enum is not supported/],
    ['check.txt', 'true', /is no module; give a \.ts or \.js file/],
  ])('is refused where it is of no use: %s', async (name, source, problem) => {
    const { problems } = await refusalOf(() => staged(name, source));

    expect(problems).toEqual([expect.stringMatching(problem)]);
    expect(problems[0]).toMatch(/^checks\.mine: /);
  });

  test('is refused where it is not there', async () => {
    const { problems } = await refusalOf(() => readOwnChecks({ mine: './none.ts' }, loopPath));

    expect(problems).toEqual([expect.stringMatching(/^checks\.mine: .*none\.ts: there is no such file/)]);
  });

  test('that does not load where the run is has a name', async () => {
    await expect(loadOwnChecks({ checks: { mine: { source: 'export default 3;' } } })).rejects.toThrow(CheckBroken);
  });
});

describe('a check that the loop does not have', () => {
  test('is refused with the nearest that it has', () => {
    expect(unknownOwnChecks([{ kind: 'title' }, { kind: 'own', name: 'no-hipe' }], ['short', 'no-hype'])).toEqual([
      'checks[1].name: the loop has no check of its own named "no-hipe"; did you mean "no-hype"?',
    ]);
  });

  test('is refused with where to name one', () => {
    expect(unknownOwnChecks([{ kind: 'own', name: 'mine' }], [])).toEqual([
      'checks[0].name: the loop has no check of its own named "mine"; name its module in the loop file, under checks',
    ]);
    expect(unknownOwnChecks([{ kind: 'own', name: 'mine' }], ['mine'])).toEqual([]);
    expect(unknownOwnChecks(undefined, [])).toEqual([]);
  });
});
