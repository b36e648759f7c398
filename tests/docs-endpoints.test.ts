import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { readLoopFile } from '../lib/loop-file/read-loop-file.ts';
import { ratchet } from './bin/command-line.ts';

const root = join(import.meta.dirname, '..');
const folder = join(root, 'loops/examples');
const page = await readFile(join(root, 'docs/bring-your-own-endpoint.md'), 'utf8');
const loops = (await readdir(folder)).filter((file) => file.endsWith('.yaml')).toSorted();

/** The sections that show a loop file, by its name. */
const sections = new Map(
  page.split(/^## /m).flatMap((section) => {
    const [, file] = /^`loops\/examples\/([a-z-]+\.yaml)`:$/m.exec(section) ?? [];
    return file === undefined ? [] : [[file, section] as const];
  }),
);

test('every loop file of the examples has its section, and every section its file', () => {
  expect([...sections.keys()].toSorted()).toEqual(loops);
});

describe.each(loops)('loops/examples/%s', (file) => {
  const section = sections.get(file) ?? '';

  test('is a loop, of the name of its file', async () => {
    const loop = await readLoopFile(join(folder, file));

    expect(`${loop.file.name}.yaml`).toBe(file);
  });

  test('is on the page as it is', async () => {
    expect(blocksOf(section, 'yaml')).toContain(await readFile(join(folder, file), 'utf8'));
  });

  test('says of every price that it is an example', async () => {
    const lines = (await readFile(join(folder, file), 'utf8')).split('\n');

    for (const line of lines.filter((each) => /^ *(price|usdPerJob):/.test(each)))
      expect(line).toContain('# an example');
  });

  test('is started on the page, with the key that it names', async () => {
    const { student, teacher, trainer } = (await readLoopFile(join(folder, file))).file;
    const commands = blocksOf(section, 'sh').join('\n');

    expect(commands).toContain(`npm run ratchet -- run loops/examples/${file}`);
    for (const key of new Set([student.apiKeyEnv, teacher.apiKeyEnv, trainer?.apiKeyEnv])) {
      if (key !== undefined) expect(commands).toContain(key);
    }
  });
});

test("the gateway's configuration is on the page as it is", async () => {
  expect(blocksOf(page, 'yaml')).toContain(await readFile(join(folder, 'litellm-gateway.yml'), 'utf8'));
});

test('the page says of every endpoint whether it was really run', () => {
  const [, table = ''] = /^## What was really run\n([\s\S]*?)^## /m.exec(page) ?? [];
  const rows = [...table.matchAll(/^\| ([^|]+?) +\| (.+?) +\|$/gm)]
    .slice(1)
    .filter(([, name]) => !name?.startsWith('-'));
  const headings = [...page.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading);

  expect(rows).toHaveLength(loops.length);
  for (const [, name, how] of rows) {
    expect(headings).toContain(name);
    expect(how).toMatch(/^\*\*really\*\*: |^wire shape only/);
  }
});

test('every command of ratchet on the page is one that there is, with options that it takes', async () => {
  const used = blocksOf(page, 'sh').flatMap((block) => [...block.matchAll(/npm run ratchet -- ([a-z]+)(.*)/g)]);

  expect(used.length).toBeGreaterThan(loops.length);
  for (const command of new Set(used.map(([, name = '']) => name))) {
    const { code, stdout } = await ratchet([command, '--help']);
    const words = used.map(([, name, rest = '']) => (name === command ? rest : '')).join(' ');

    expect([command, code, stdout[0]?.startsWith(`Usage: ratchet ${command}`)]).toEqual([command, 0, true]);
    for (const [option] of words.matchAll(/--[a-z-]+/g)) expect(stdout.join('\n')).toContain(option);
  }
}, 60_000);

function blocksOf(text: string, language: string): string[] {
  const blocks = text.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm'));
  return [...blocks].map(([, block = '']) => block);
}
