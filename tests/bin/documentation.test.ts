import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { exitCodes } from '../../bin/exit-codes.ts';
import { ratchet } from './command-line.ts';

const page = await readFile(join(import.meta.dirname, '../../docs/command-line.md'), 'utf8');

test('every exit code is in the table of docs/command-line.md, and no other', () => {
  const documented = [...page.matchAll(/^\| +(\d+) +\| +`([a-z-]+)` +\|/gm)].map(([, code, word]) => [
    word,
    Number(code),
  ]);

  expect(Object.fromEntries(documented)).toEqual(exitCodes);
  expect(documented).toHaveLength(Object.keys(exitCodes).length);
});

test('no two endings share an exit code, but those that are good ones', () => {
  const { 'dataset-ready': alsoGood, ...others } = exitCodes;

  expect(new Set(Object.values(others)).size).toBe(Object.keys(others).length);
  expect(alsoGood).toBe(exitCodes.finished);
});

test('every command has its section, and every section its command', async () => {
  const sections = [...page.matchAll(/^## `ratchet ([a-z]+)/gm)].map(([, command]) => command);

  expect(sections).toEqual(await commands());
});

test('every option of a command is in its section', async () => {
  const helps = (await commands()).map(async (command) => ({ command, options: await optionsOf(command) }));
  for (const { command, options } of await Promise.all(helps)) {
    const [section = ''] = page.split(`\n## \`ratchet ${command}`).slice(1);
    const [text = ''] = section.split('\n## ');

    expect([command, options.filter((option) => !text.includes(`\`${option}`))]).toEqual([command, []]);
  }
});

test('every option that all commands take is documented', async () => {
  const { stdout } = await ratchet(['--help']);
  const options = stdout.flatMap((line) => /^ {2}(--[a-z]+)/.exec(line)?.[1] ?? []);

  expect(options).toEqual(['--store', '--json', '--verbose']);
  for (const option of options) expect(page).toContain(`| \`${option}`);
});

/** The commands that the program has, in its order. */
async function commands(): Promise<string[]> {
  const { stdout } = await ratchet(['--help']);
  const list = stdout.slice(stdout.indexOf('Commands:') + 1);
  return list.flatMap((line) => /^ {2}([a-z]+)/.exec(line)?.[1] ?? []).filter((command) => command !== 'help');
}

/** The options of one command, without those that all take. */
async function optionsOf(command: string): Promise<string[]> {
  const { stdout } = await ratchet([command, '--help']);
  const own = stdout.slice(0, stdout.indexOf('Global Options:'));
  return own.flatMap((line) => /^ {2}(--[a-z]+)/.exec(line)?.[1] ?? []);
}
