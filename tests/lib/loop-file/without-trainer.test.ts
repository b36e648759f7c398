import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { keys } from '../../../core/artifact-keys.ts';
import { loopSchema } from '../../../core/loop.ts';
import { parseYaml } from '../../../lib/loop-file/read-yaml.ts';
import { stageLoop } from '../../../lib/loop-file/stage-loop.ts';
import { MemoryStore } from '../../fakes/memory-store.ts';
import { refusalOf } from './refusal.ts';

const loop = `name: desk
skill: skills/desk
prompts:
  train: train.jsonl
student: { endpoint: sandbox, model: base }
teacher: { endpoint: sandbox, model: judge }
`;
const parse = (text: string) => parseYaml('loop.yaml', text, loopSchema).content;
const skill = { description: '', purpose: 'Help customers.', rules: ['Be polite.'] };

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'ratchet-without-trainer-'));
});
afterEach(async () => {
  await rm(root, { recursive: true });
});

async function promptsAt(name: string, texts: readonly string[]): Promise<string> {
  const path = join(root, name);
  await writeFile(path, texts.map((prompt) => `${JSON.stringify({ prompt })}\n`).join(''));
  return path;
}

describe('a loop file without a trainer', () => {
  test('has one round', async () => {
    expect(parse(loop).trainer).toBeUndefined();
    expect(parse(`${loop}rounds: 1\n`).rounds).toBe(1);
    expect((await refusalOf(() => parse(`${loop}rounds: 2\n`))).problems).toEqual([
      'rounds (line 7): 2 is not allowed; leave it out, or give a trainer: without one there is no new student for a second round',
    ]);
  });

  test('holds out no prompt of its own accord, not even of a single one', async () => {
    const store = new MemoryStore();
    const source = {
      file: parse(loop),
      skill,
      ownChecks: {},
      trainPath: await promptsAt('train.jsonl', ['a']),
      heldOutPath: undefined,
    };

    const { version, counts } = await stageLoop(store, source);

    expect(counts).toMatchObject({ train: 1, heldOut: 0 });
    expect(store.objects.get(keys.stagedPrompts('desk', version, 'held-out'))).toBe('');
  });

  test('still keeps the held-out prompts that it names out of train', async () => {
    const [trainPath, heldOutPath] = [
      await promptsAt('train.jsonl', ['a', 'b', 'c']),
      await promptsAt('h.jsonl', ['b']),
    ];

    const { counts } = await stageLoop(new MemoryStore(), {
      file: parse(loop),
      skill,
      ownChecks: {},
      trainPath,
      heldOutPath,
    });

    expect(counts).toMatchObject({ train: 2, heldOut: 1, alsoHeldOut: 1 });
  });

  test('is refused where no prompt is left, as any other', async () => {
    const [trainPath, heldOutPath] = [await promptsAt('train.jsonl', ['b']), await promptsAt('h.jsonl', ['b'])];
    const stage = () =>
      stageLoop(new MemoryStore(), { file: parse(loop), skill, ownChecks: {}, trainPath, heldOutPath });

    expect((await refusalOf(stage)).message).toContain('none is left to learn from');
  });
});
