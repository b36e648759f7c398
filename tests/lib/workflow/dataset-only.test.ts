import { describe, expect, test } from '@jest/globals';
import { keys } from '../../../core/artifact-keys.ts';
import { preferencePairSchema } from '../../../core/pairs/preference-pair.ts';
import { exportFormats, exportPair } from '../../../core/training/export-records.ts';
import { base, LoopWorld, type WorldScript } from './loop-world.ts';

const datasetReady = { kind: 'ended', ending: 'dataset-ready' };

function withoutTrainer(script: WorldScript = {}): LoopWorld {
  return new LoopWorld({ ...script, loop: { ...script.loop, trainer: undefined } });
}

const linesOf = (world: LoopWorld, key: string) =>
  world.store.objects
    .get(key)!
    .split('\n')
    .filter((line) => line !== '');

describe('a loop without a trainer', () => {
  test('ends with the dataset, and nothing is trained, served or compared', async () => {
    const world = withoutTrainer();

    expect(await world.run()).toEqual(datasetReady);
    expect(world.states).toEqual(
      expect.arrayContaining(['Worth training?', 'Trainer given?', 'Dataset ready', 'Done']),
    );
    expect(world.states.filter((state) => /training$|serv|candidate|students|Promot|approval/i.test(state))).toEqual(
      [],
    );
    expect(world.sampledFrom('held-0')).toEqual([]);
    expect(world.registry().history.map(({ model }) => model)).toEqual([base]);
  });

  test('says in its report what the dataset holds, and has no word of a method', async () => {
    const world = withoutTrainer({ loop: { pairs: pairsWith({ validationShare: 0.3, minimum: 2 }) } });
    await world.run();

    const { method, ending, rounds, incumbent } = world.report();
    const { train, validation } = rounds[0]!.dataset!;
    expect(validation).toBeGreaterThan(0);
    expect(ending).toEqual({
      name: 'dataset-ready',
      says: `The dataset has 12 pairs: ${train} to train on and ${validation} for validation. The loop has no trainer, so nothing was trained.`,
    });
    expect([method, rounds.length, incumbent.after.model]).toEqual([null, 1, base]);
    expect(rounds[0]).toMatchObject({ training: null, evaluation: null, decision: null, promoted: null });
    expect(Object.keys(rounds[0]!.usageByStage)).toEqual(['sample-responses', 'judge-responses']);
  });

  test('keeps a dataset that a trainer would refuse: fewer than ten pairs', async () => {
    const world = withoutTrainer({
      loop: { pairs: pairsWith({ minimum: 2 }) },
      teacher: ({ messages }) =>
        JSON.stringify(messages).includes('what of train 1') ? undefined : { json: { winner: 'tie' } },
    });

    expect(await world.run()).toEqual(datasetReady);
    // train-1, train-10 and train-11.
    expect(world.report().rounds[0]?.dataset?.exports.sft).toEqual({ train: 3, validation: 0 });
  });

  test('with fewer pairs than it wants has nothing to learn from, and keeps them all the same', async () => {
    const world = withoutTrainer({ loop: { pairs: pairsWith({ minimum: 13 }) } });

    expect(await world.run()).toEqual({ kind: 'ended', ending: 'nothing-to-learn' });
    expect(linesOf(world, keys.datasetExport('run-1', 1, 'train', 'sft'))).toHaveLength(12);
  });

  test('asks for no approval, and resumed pays for nothing again', async () => {
    const world = withoutTrainer({ loop: { approval: 'before-training' } });
    await world.run();

    expect(await world.run()).toEqual(datasetReady);
    expect(world.paidTwice()).toEqual([]);
  });

  test('needs no held-out prompts', async () => {
    const world = withoutTrainer();
    world.store.objects.set(keys.stagedPrompts('desk', 'v1', 'held-out'), '');

    expect(await world.run()).toEqual(datasetReady);
    expect(world.report().rounds[0]?.dataset?.pairs).toBe(12);
  });
});

describe('the exports of a round', () => {
  test.each(['with a trainer', 'without'])('%s are the rows of its dataset in each format', async (which) => {
    const loop = { pairs: pairsWith({ validationShare: 0.1 }) };
    const world = which === 'without' ? withoutTrainer({ loop }) : new LoopWorld({ loop });

    await world.run();

    const { exports } = world.report().rounds[0]!.dataset!;
    for (const split of ['train', 'validation'] as const) {
      const pairs = linesOf(world, keys.datasetRows('run-1', 1, split)).map((line) =>
        preferencePairSchema.parse(JSON.parse(line)),
      );
      expect(pairs.length).toBeGreaterThan(0);
      for (const format of exportFormats) {
        expect(linesOf(world, keys.datasetExport('run-1', 1, split, format))).toEqual(
          pairs.map((pair) => exportPair(format, pair)),
        );
        expect(exports[format][split]).toBe(pairs.length);
      }
    }
  });

  test('leave out for TRL what has images, and count it', async () => {
    const world = withoutTrainer();
    const staged = keys.stagedPrompts('desk', 'v1', 'train');
    const withImage = world.store.objects.get(staged)!.replace(/"content":("[^"]+ 3\?")/, (_, text) => {
      const image = '{"type":"image_url","image_url":{"url":"https://example.com/3.png"}}';
      return `"content":[{"type":"text","text":${text}},${image}]`;
    });
    world.store.objects.set(staged, withImage);

    await world.run();

    expect(world.report().rounds[0]?.dataset?.exports).toEqual({
      'openai-preference': { train: 12, validation: 0 },
      'trl-preference': { train: 11, validation: 0 },
      sft: { train: 12, validation: 0 },
    });
  });
});

function pairsWith(change: { readonly minimum?: number; readonly validationShare?: number }) {
  const usual = {
    minimum: 10,
    maximumLengthRatio: 2,
    validationShare: 0,
    maximumTokens: 2048,
    sameResponseShare: 0.05,
  };
  return { ...usual, ...change };
}
