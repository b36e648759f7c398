import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { readLoopFile } from '../../../lib/loop-file/read-loop-file.ts';
import { refusalOf } from './refusal.ts';

const loop = `name: desk
skill: ../skills/desk
prompts:
  train: ../prompts.jsonl
student: { endpoint: sandbox, model: base }
teacher: { endpoint: sandbox, model: judge }
trainer: { endpoint: sandbox }
`;

let root: string;
let loopPath: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'ratchet-loop-'));
  loopPath = join(root, 'loops', 'desk.yaml');
  await mkdir(join(root, 'loops'));
  await mkdir(join(root, 'skills', 'desk'), { recursive: true });
  await writeFile(loopPath, loop);
  await writeFile(join(root, 'skills', 'desk', 'skill.yaml'), 'purpose: Help customers.\nrules: [Be polite.]\n');
  await writeFile(join(root, 'prompts.jsonl'), '{"prompt": "Hello?"}\n');
});
afterEach(async () => {
  await rm(root, { recursive: true });
});

describe('a loop file', () => {
  test('is read with the skill it names; its prompts are found beside it', async () => {
    const source = await readLoopFile(loopPath);

    expect(source.file.name).toBe('desk');
    expect(source.skill).toEqual({ description: '', purpose: 'Help customers.', rules: ['Be polite.'] });
    expect(source.trainPath).toBe(join(root, 'prompts.jsonl'));
    expect(source.heldOutPath).toBeUndefined();
  });

  test('means the same by a path relative to another working directory', async () => {
    const before = process.cwd();
    process.chdir(join(root, 'skills'));
    try {
      expect(await readLoopFile('../loops/desk.yaml')).toEqual(await readLoopFile(loopPath));
      expect(await readLoopFile(relative('.', loopPath))).toMatchObject({ trainPath: resolve('../prompts.jsonl') });
    } finally {
      process.chdir(before);
    }
  });

  test('that ships is usable', async () => {
    const source = await readLoopFile(join(import.meta.dirname, '../../../loops/support-desk.yaml'));

    expect(source.file).toMatchObject({ name: 'support-desk', rounds: 4, trainer: { method: 'dpo' } });
    expect(source.skill.rules.length).toBeGreaterThan(3);
  });
});

describe('a file that cannot be read', () => {
  test('is missing', async () => {
    const path = join(root, 'desk.yaml');

    expect((await refusalOf(() => readLoopFile(path))).message).toBe(
      `${path} is not usable:\n  - there is no such file; check the path and the directory that you are in`,
    );
  });

  test('is a directory', async () => {
    expect((await refusalOf(() => readLoopFile(root))).problems).toEqual(['this is a directory; name the file in it']);
  });

  test('is below a file', async () => {
    expect((await refusalOf(() => readLoopFile(join(loopPath, 'desk.yaml')))).problems).toEqual([
      'there is no such file; a part of the path is a file and not a directory',
    ]);
  });

  test('is UTF-16', async () => {
    await writeFile(loopPath, Buffer.from(`\uFEFF${loop}`, 'utf16le'));

    expect((await refusalOf(() => readLoopFile(loopPath))).problems).toEqual([
      'it is UTF-16 text; save the file as UTF-8',
    ]);
  });
});

test('a file in Latin-1 is refused', async () => {
  await writeFile(loopPath, Buffer.from(loop.replace('name: desk', 'name: desk # où'), 'latin1'));

  expect((await refusalOf(() => readLoopFile(loopPath))).problems).toEqual([
    'it is not UTF-8 text; save the file as UTF-8',
  ]);
});

describe('what a loop file names', () => {
  test('is looked for beside the file, and every miss is told at once', async () => {
    const wrong = loop
      .replace('../skills/desk', '../skills/dsk')
      .replace('../prompts.jsonl', 'prompts.jsonl\n  heldOut: https://host/x.jsonl');
    await writeFile(loopPath, wrong);

    expect((await refusalOf(() => readLoopFile(loopPath))).problems).toEqual([
      `skill (line 2): "../skills/dsk" leads to no file; paths are relative to the loop file, so ${join(root, 'skills/dsk/skill.yaml')} was looked for`,
      `prompts.train (line 4): "prompts.jsonl" leads to no file; paths are relative to the loop file, so ${join(root, 'loops/prompts.jsonl')} was looked for`,
      'prompts.heldOut (line 5): prompts are not read from "https://host/x.jsonl"; give a file, a folder or s3://bucket/key',
    ]);
  });

  test('prompts may be a folder, or in S3, where they are looked for when they are read', async () => {
    await writeFile(loopPath, loop.replace('../prompts.jsonl', '../skills\n  heldOut: s3://bucket/held-out/'));

    expect(await readLoopFile(loopPath)).toMatchObject({
      trainPath: join(root, 'skills'),
      heldOutPath: 's3://bucket/held-out/',
    });
  });

  test('a skill is checked with the same care', async () => {
    const skillPath = join(root, 'skills', 'desk', 'skill.yaml');
    await writeFile(skillPath, 'purpose: ""\nrules:\n  - Be polite.\n  - 7\nrule: []\n');

    expect((await refusalOf(() => readLoopFile(loopPath))).message).toBe(
      [
        `${skillPath} is not usable:`,
        '  - purpose (line 1): "" is not allowed; give text that is not empty',
        '  - rules[1] (line 4): 7 is not allowed; give text, in quotes',
        '  - rule (line 5): unknown key; did you mean "rules"?',
      ].join('\n'),
    );
  });

  test('a skill without rules is refused', async () => {
    await writeFile(join(root, 'skills', 'desk', 'skill.yaml'), 'purpose: Help.\nrules: []\n');

    expect((await refusalOf(() => readLoopFile(loopPath))).problems).toEqual([
      'rules (line 2): an empty list is not allowed; give a list with at least one entry',
    ]);
  });
});
