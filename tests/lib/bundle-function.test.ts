import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { bundleFunctions, functionFolders } from '../../lib/bundle-function.ts';

const directory = mkdtempSync(join(tmpdir(), 'bundles-'));
let bundles: ReadonlyMap<string, string>;
beforeAll(() => {
  bundles = bundleFunctions(functionFolders(), join(directory, 'all'));
}, 60_000);
afterAll(() => rmSync(directory, { recursive: true }));

/** Loads files in one process that has no environment. Node requires a module only if it awaits nothing at its top level. */
function load(files: readonly string[]) {
  const program = `for (const file of ${JSON.stringify(files)}) if (typeof require(file).handler !== 'function') throw new Error(file);`;
  return spawnSync(process.execPath, ['--eval', program], { env: {}, encoding: 'utf8' });
}

const files = () => [...bundles.values()].map((bundle) => join(bundle, 'index.mjs'));

test('every step and every route is a function', () => {
  expect(functionFolders()).toEqual(expect.arrayContaining(['plan-run', 'sample-responses', 'write-report']));
  expect([...bundles.keys()]).toEqual(functionFolders());
});

test('no bundle is larger than 700 KB (npm run bench:cold-start says what is heavy in it)', () => {
  const sizes = [...bundles].map(([folder, bundle]) => [folder, statSync(join(bundle, 'index.mjs')).size] as const);

  expect(sizes.filter(([, size]) => size > 700_000)).toEqual([]);
});

test('every bundle loads without an environment, and awaits nothing while it does', () => {
  expect(load(files())).toMatchObject({ status: 0, stderr: '' });
});

test('a file that awaits something while it loads is noticed', () => {
  const file = join(directory, 'awaits.mjs');
  writeFileSync(file, 'await 1; export const handler = () => 1;');

  expect(load([file]).stderr).toContain('ERR_REQUIRE_ASYNC_MODULE');
});

test('the same sources give the same bytes, wherever they are put', () => {
  const again = bundleFunctions(['keep-incumbent'], join(directory, 'elsewhere', 'again'));

  const [first, second] = [bundles, again].map((each) => readFileSync(join(each.get('keep-incumbent')!, 'index.mjs')));
  expect(second!.equals(first!)).toBe(true);
});

test('what an earlier build left is not deployed', () => {
  const old = join(directory, 'old', 'keep-incumbent');
  mkdirSync(old, { recursive: true });
  writeFileSync(join(old, 'left-over.mjs'), '');

  bundleFunctions(['keep-incumbent'], join(directory, 'old'));

  expect(() => statSync(join(old, 'left-over.mjs'))).toThrow('ENOENT');
});
