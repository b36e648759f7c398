import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { keys } from '../../../core/artifact-keys.ts';
import { ArtifactUnreadable } from '../../../core/errors.ts';
import { loopDocumentSchema, loopSchema } from '../../../core/loop.ts';
import type { LoopSource } from '../../../lib/loop-file/read-loop-file.ts';
import { stageLoop } from '../../../lib/loop-file/stage-loop.ts';
import { MemoryStore } from '../../fakes/memory-store.ts';
import { all } from '../../providers/store-moves.ts';
import { refusalOf } from './refusal.ts';

let root: string;
let store: MemoryStore;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'ratchet-stage-'));
  store = new MemoryStore();
});
afterEach(async () => {
  await rm(root, { recursive: true });
});

const skill = { description: 'Replies.', purpose: 'Help customers.', rules: ['Be polite.'] };
const file = loopSchema.parse({
  $schema: 'loop.schema.json',
  name: 'desk',
  skill: 'skill',
  prompts: { train: 'train.jsonl' },
  student: { endpoint: 'sandbox', model: 'base' },
  teacher: { endpoint: 'sandbox', model: 'judge' },
  trainer: { endpoint: 'sandbox' },
  schedule: { cron: 'cron(0 3 ? * MON *)' },
});

async function sourceOf(train: readonly string[], heldOut?: readonly string[]): Promise<LoopSource> {
  const write = async (name: string, contents: readonly string[]) => {
    const lines = contents.map((prompt, index) => `${JSON.stringify({ id: `${name}-${index}`, prompt })}\n`);
    await writeFile(join(root, name), lines.join(''));
    return join(root, name);
  };
  return {
    file,
    skill,
    trainPath: await write('train', train),
    heldOutPath: heldOut && (await write('held-out', heldOut)),
  };
}

async function idsOf(version: string, set: 'train' | 'held-out'): Promise<string[]> {
  const lines = await all(store.lines(keys.stagedPrompts('desk', version, set)));
  return lines.map((line) => JSON.parse(line).id);
}
const numbered = (count: number) => Array.from({ length: count }, (_, index) => `Where is parcel ${index}?`);

describe('a staged loop', () => {
  test('is the document, whole, and both sets of prompts', async () => {
    const { loop, version } = await stageLoop(store, await sourceOf(['a', 'b'], ['c']));

    const document = JSON.parse(store.objects.get(keys.stagedLoop(loop, version)) ?? '');
    expect(loopDocumentSchema.parse(document)).toEqual(document);
    expect(document).toMatchObject({
      name: 'desk',
      rubric: { purpose: 'Help customers.', rules: ['Be polite.'] },
      heldOutShare: null,
    });
    expect(await idsOf(version, 'train')).toEqual(['train-0', 'train-1']);
    expect(await idsOf(version, 'held-out')).toEqual(['held-out-0']);
    expect(store.objects.size).toBe(3);
  });

  test('holds out a share of train where no file is given for it', async () => {
    const { version, counts } = await stageLoop(store, await sourceOf(numbered(200)));

    const document = JSON.parse(store.objects.get(keys.stagedLoop('desk', version)) ?? '');
    const ids = [...(await idsOf(version, 'train')), ...(await idsOf(version, 'held-out'))];
    expect(document.heldOutShare).toBe(0.2);
    expect(new Set(ids).size).toBe(200);
    expect(counts.train + counts.heldOut).toBe(200);
    expect(counts.heldOut).toBeGreaterThan(20);
    expect(counts.heldOut).toBeLessThan(60);
  });
});

describe('conversations that stand twice', () => {
  test('within a file: the first stays, the others are counted', async () => {
    const { version, counts } = await stageLoop(store, await sourceOf(['a', 'b', 'a', 'a'], ['c', 'c']));

    expect(await idsOf(version, 'train')).toEqual(['train-0', 'train-1']);
    expect(await idsOf(version, 'held-out')).toEqual(['held-out-0']);
    expect(counts).toEqual({ train: 2, heldOut: 1, trainDuplicates: 2, heldOutDuplicates: 1, alsoHeldOut: 0 });
  });

  test('in both files: taken out of train, and counted', async () => {
    const { version, counts } = await stageLoop(store, await sourceOf(['a', 'b', 'c'], ['b', 'd']));

    expect(await idsOf(version, 'train')).toEqual(['train-0', 'train-2']);
    expect(await idsOf(version, 'held-out')).toEqual(['held-out-0', 'held-out-1']);
    expect(counts).toEqual({ train: 2, heldOut: 2, trainDuplicates: 0, heldOutDuplicates: 0, alsoHeldOut: 1 });
  });
});

describe('staging again', () => {
  test('the same loop gives the same version and writes nothing new', async () => {
    const source = await sourceOf(numbered(50));
    const first = await stageLoop(store, source);
    const objects = new Map(store.objects);

    expect(await stageLoop(store, source)).toEqual(first);
    expect(store.objects).toEqual(objects);
  });

  test('finishes what a crash left half done', async () => {
    const source = await sourceOf(['a'], ['b']);
    const { loop, version } = await stageLoop(store, source);
    store.objects.delete(keys.stagedLoop(loop, version));

    await stageLoop(store, source);

    expect(store.objects.has(keys.stagedLoop(loop, version))).toBe(true);
  });

  test.each([
    ['another train prompt', () => sourceOf(['a', 'x'], ['c'])],
    ['another held-out prompt', () => sourceOf(['a', 'b'], ['x'])],
    ['another setting', async () => ({ ...(await sourceOf(['a', 'b'], ['c'])), file: { ...file, seed: 2 } })],
    [
      'another rule',
      async () => ({ ...(await sourceOf(['a', 'b'], ['c'])), skill: { ...skill, rules: ['Be brief.'] } }),
    ],
  ])('%s makes another version', async (_, changed) => {
    const { version } = await stageLoop(store, await sourceOf(['a', 'b'], ['c']));

    expect((await stageLoop(store, await changed())).version).not.toBe(version);
  });

  test('another schedule makes no other version: it says when, not what', async () => {
    const source = await sourceOf(['a'], ['b']);
    const { version } = await stageLoop(store, source);

    expect((await stageLoop(store, { ...source, file: { ...file, schedule: undefined } })).version).toBe(version);
  });

  test('does not accept a staged object that something else has changed', async () => {
    const source = await sourceOf(['a'], ['b']);
    const { loop, version } = await stageLoop(store, source);
    store.objects.set(keys.stagedPrompts(loop, version, 'train'), '{}\n');

    const again = stageLoop(store, source);

    await expect(again).rejects.toThrow(ArtifactUnreadable);
    await expect(again).rejects.toThrow('is not what was staged there: delete it, then stage the loop again.');
  });
});

describe('refused, with nothing written', () => {
  test('train has nothing that is not held out', async () => {
    const source = await sourceOf(['a', 'b'], ['b', 'a']);

    expect((await refusalOf(() => stageLoop(store, source))).problems).toEqual([
      `every prompt in it is in ${source.heldOutPath} too, so none is left to learn from; give others`,
    ]);
    expect(store.objects.size).toBe(0);
  });

  test('too few prompts to hold some out', async () => {
    const source = await sourceOf(['a', 'a']);

    expect((await refusalOf(() => stageLoop(store, source))).problems).toEqual([
      'the 1 different prompts in it are too few to hold some out; add prompts, or give prompts.heldOut',
    ]);
    expect(store.objects.size).toBe(0);
  });

  test('a bad line of prompts', async () => {
    const source = await sourceOf(['a', ''], ['b']);

    expect((await refusalOf(() => stageLoop(store, source))).problems).toEqual([
      'prompt (line 2): "" is not allowed; give text that is not empty',
    ]);
    expect(store.objects.size).toBe(0);
  });
});
