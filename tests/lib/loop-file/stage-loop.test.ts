import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { keys } from '../../../core/artifact-keys.ts';
import { ArtifactUnreadable } from '../../../core/errors.ts';
import { loopDocumentSchema, loopSchema } from '../../../core/loop.ts';
import type { WriteCondition } from '../../../core/ports.ts';
import type { LoopSource } from '../../../lib/loop-file/read-loop-file.ts';
import { stageLoop } from '../../../lib/loop-file/stage-loop.ts';
import { MemoryStore } from '../../fakes/memory-store.ts';
import { all } from '../../providers/store-moves.ts';
import { refusalOf } from './refusal.ts';
import { folderOf } from './source-of.ts';

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
    ownChecks: {},
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

describe('prompts from several places', () => {
  test('a folder is staged as the one file that it could be', async () => {
    const source = await sourceOf(['a', 'b', 'a'], ['c']);
    const text = await readFile(source.trainPath, 'utf8');
    const folder = join(root, 'folder');
    await mkdir(folder);
    await writeFile(join(folder, '1.jsonl'), text.slice(0, text.indexOf('\n') + 1));
    await writeFile(join(folder, '2.jsonl'), text.slice(text.indexOf('\n') + 1));

    expect(await stageLoop(store, { ...source, trainPath: folder })).toEqual(
      await stageLoop(new MemoryStore(), source),
    );
  });

  test('objects of S3 are read by whom it is told, and are refused where nobody is', async () => {
    const source = { ...(await sourceOf(['a'], ['c'])), trainPath: 's3://bucket/train/' };
    const objects = (url: string) => folderOf(url, { 'x.jsonl': ['{"id":"x","prompt":"Where?"}'] }).files();

    const { version } = await stageLoop(store, source, objects);

    expect(await idsOf(version, 'train')).toEqual(['x']);
    expect((await refusalOf(() => stageLoop(store, source))).message).toContain('s3://bucket/train/ is not usable');
  });
});

describe('own checks', () => {
  const own = { id: 'x', prompt: 'x', checks: [{ kind: 'own', name: 'polite' }] };

  test('are staged with the loop, as the code that they were', async () => {
    const source = await sourceOf(['a'], ['b']);
    const ownChecks = { polite: { source: 'export default () => true' } };
    await writeFile(source.trainPath, JSON.stringify(own));

    const { version } = await stageLoop(store, { ...source, ownChecks });

    expect(JSON.parse(store.objects.get(keys.stagedLoop('desk', version)) ?? '').checks).toEqual(ownChecks);
    expect(await idsOf(version, 'train')).toEqual(['x']);
  });

  test('that a prompt names and the loop does not know are refused with their line', async () => {
    const source = await sourceOf(['a'], ['b']);
    await writeFile(source.trainPath, `{"prompt":"y"}\n${JSON.stringify(own)}`);

    expect((await refusalOf(() => stageLoop(store, source))).problems).toEqual([
      'line 2: checks[0].name: the loop has no check of its own named "polite"; name its module in the loop file, under checks',
    ]);
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

describe('a source that changes while it is staged', () => {
  /** Held-out, then train, then train again to be written, then held-out again. */
  const changing = (pass: number, after: string) => {
    let passes = 0;
    return (url: string) =>
      folderOf(url, { 'x.jsonl': [++passes < pass ? '{"prompt":"b"}\n{"prompt":"c"}' : after] }).files();
  };
  const changed = 'it changed while it was read; try again when nothing writes to it';

  test.each([
    ['has a prompt more', '{"prompt":"b"}\n{"prompt":"c"}\n{"prompt":"d"}'],
    ['has one less', '{"prompt":"b"}'],
    ['has them in another order', '{"prompt":"c"}\n{"prompt":"b"}'],
    ['has another check', '{"prompt":"b","checks":[{"kind":"json"}]}\n{"prompt":"c"}'],
  ])('is refused where it %s', async (_, after) => {
    const source = { ...(await sourceOf([], ['a'])), trainPath: 's3://bucket/train' };

    expect((await refusalOf(() => stageLoop(store, source, changing(2, after)))).message).toBe(
      `s3://bucket/train is not usable:\n  - ${changed}`,
    );
    expect(store.objects.size).toBe(0);
  });

  test('is refused where it is held-out that changes; the loop is not staged', async () => {
    const source = { ...(await sourceOf(['a'])), heldOutPath: 's3://bucket/held-out' };

    expect((await refusalOf(() => stageLoop(store, source, changing(2, '{"prompt":"b"}')))).problems).toEqual([
      changed,
    ]);
    expect([...store.objects.keys()].filter((key) => key.endsWith('loop.json'))).toEqual([]);
  });
});

test('prompts are written as they are read: the store has each before the next one is touched', async () => {
  let [read, mostAhead] = [0, 0];
  const chunks = async function* () {
    for (read = 0; read < 1000; ) yield Buffer.from(`{"prompt":"Where is parcel ${read++}?"}\n`);
  };
  const readObjects = async function* (name: string) {
    yield { name, chunks };
  };
  class WatchingStore extends MemoryStore {
    override async write(key: string, body: string | AsyncIterable<string>, condition?: WriteCondition) {
      if (typeof body === 'string' || !key.endsWith('train.jsonl')) return super.write(key, body, condition);
      let written = 0;
      for await (const _ of body) mostAhead = Math.max(mostAhead, read - ++written);
      return { version: String(written) };
    }
  }
  const source = { ...(await sourceOf([], ['x'])), trainPath: 's3://bucket/train' };

  const { counts } = await stageLoop(new WatchingStore(), source, readObjects);

  expect([counts.train, mostAhead]).toEqual([1000, 0]);
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

  test('more shards than the state of the workflow can name', async () => {
    const train = Array.from({ length: 30_001 }, (_, index) => `prompt ${index}`);
    const source = await sourceOf(train, ['held out']);
    const file = { ...source.file, shards: { ...source.file.shards, prompts: 1 } };

    expect((await refusalOf(() => stageLoop(store, { ...source, file }))).problems).toEqual([
      'shards.prompts: 30002 prompts make 30002 shards of 1, and 30000 are the most; set it to 2 or more',
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
