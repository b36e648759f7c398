import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { assembleDataset, type DatasetMaterial } from '../../../core/pairs/assemble-dataset.ts';
import { type PreferencePair, preferencePairSchema } from '../../../core/pairs/preference-pair.ts';
import { randomFor, shuffled } from '../../../core/random.ts';
import { datasetSchema } from '../../../core/report.ts';
import { conversationHash } from '../../../core/split-held-out.ts';
import { pairOf } from './pairs-fixture.ts';

const settings = { minimum: 1, validationShare: 0.3, sameResponseShare: 0.05 };
const many = Array.from({ length: 60 }, (_, index) => pairOf(`question ${index}`, undefined, undefined, `p-${index}`));

async function assemble(pairs: readonly PreferencePair[], more: Partial<DatasetMaterial> = {}) {
  async function* pass() {
    yield* pairs;
  }
  const { dataset, rows } = await assembleDataset({ pairs: pass, heldOut: new Set(), settings, seed: 1, ...more });
  const [train, validation] = [await gather(rows('train')), await gather(rows('validation'))];
  return { dataset: datasetSchema.omit({ exports: true }).parse(dataset), train, validation };
}

async function gather(lines: AsyncIterable<string>): Promise<string[]> {
  const gathered: string[] = [];
  for await (const line of lines) gathered.push(line);
  return gathered;
}

const read = (lines: readonly string[]) => lines.map((line) => preferencePairSchema.parse(JSON.parse(line)));
const conversations = (lines: readonly string[]) => new Set(read(lines).map(({ prompt }) => conversationHash(prompt)));

/** Few questions and texts, so that they repeat. */
const anyPairs = fc.array(
  fc
    .tuple(
      fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g'),
      fc.constantFrom('Yes', ' yes', 'Sure'),
      fc.constantFrom('No', 'YES'),
      fc.nat(99),
    )
    .map(([question, chosen, rejected, id]) => pairOf(question, chosen, rejected, `p-${id}`)),
  { maxLength: 30 },
);

describe('the files of a dataset', () => {
  test('hold each pair as one line, in the order of the shards', async () => {
    const { train, validation } = await assemble(many);

    expect(read(train)).toEqual(many.filter((pair) => conversations(train).has(conversationHash(pair.prompt))));
    expect([...train, ...validation].filter((line) => !line.endsWith('}\n'))).toEqual([]);
    expect(train.length + validation.length).toBe(60);
  });

  test('have no conversation in common', async () => {
    const disjoint = fc.asyncProperty(anyPairs, fc.nat(), async (pairs, seed) => {
      const { train, validation } = await assemble(pairs, { seed });

      expect(conversations(train).isDisjointFrom(conversations(validation))).toBe(true);
    });
    await fc.assert(disjoint);
  });

  test('give validation about its share, by the seed', async () => {
    const [first, second] = [await assemble(many), await assemble(many, { seed: 2 })];

    expect(first.validation.length).toBeGreaterThan(8);
    expect(first.validation.length).toBeLessThan(30);
    expect(second.validation).not.toEqual(first.validation);
  });

  test('keep an old pair where it was when new ones come', async () => {
    const [before, after] = [await assemble(many.slice(0, 30)), await assemble(many.toReversed())];

    expect(after.train).toEqual(expect.arrayContaining(before.train));
    expect(after.validation).toEqual(expect.arrayContaining(before.validation));
  });

  test('are the same bytes again for the same pairs, and the hashes say so', async () => {
    const again = fc.asyncProperty(anyPairs, async (pairs) => {
      expect(await assemble(structuredClone(pairs))).toEqual(await assemble(pairs));
    });
    await fc.assert(again, { numRuns: 30 });
    const [one, other] = [await assemble(many), await assemble(many.slice(1))];
    expect(one.dataset.hashes).not.toEqual(other.dataset.hashes);
  });
});

describe('left out of a dataset', () => {
  test('are later pairs with the same conversation and texts, whatever their prompt ids', async () => {
    const pairs = [pairOf('q', 'Yes', 'No', 'p-1'), pairOf('q', 'yes ', 'NO', 'p-2'), pairOf('q', 'Sure', 'No', 'p-3')];

    const { dataset, train } = await assemble(pairs, { settings: { ...settings, validationShare: 0 } });

    expect(dataset).toMatchObject({ pairs: 2, leftOut: { duplicate: 1 } });
    expect(read(train).map(({ prompt }) => prompt.id)).toEqual(['p-1', 'p-3']);
  });

  test('are pairs whose conversation is held out, under any id', async () => {
    const heldOut = new Set([conversationHash({ messages: [{ role: 'user', content: 'question 7' }] })]);

    const { dataset, train, validation } = await assemble(many, { heldOut });

    expect(dataset).toMatchObject({ pairs: 59, leftOut: { 'held-out': 1 } });
    expect(conversations([...train, ...validation]).isDisjointFrom(heldOut)).toBe(true);
  });

  test('are pairs whose sides are the same or empty', async () => {
    const pairs = [pairOf('a', 'Same', ' same\n'), pairOf('b', ' ', 'No'), pairOf('c', 'Yes', ''), pairOf('d')];

    expect((await assemble(pairs)).dataset).toMatchObject({ pairs: 1, leftOut: { 'same-text': 1, 'empty-side': 2 } });
  });

  test('are pairs whose prompt does not end with the user', async () => {
    const pair = pairOf('a');
    const messages = [...pair.prompt.messages, { role: 'assistant' as const, content: 'Well' }];

    expect((await assemble([{ ...pair, prompt: { ...pair.prompt, messages } }])).dataset.leftOut).toEqual({
      'last-message-not-user': 1,
    });
  });

  test('are all pairs that choose one text for too many prompts', async () => {
    const null5 = many.slice(0, 5).map((pair) => ({ ...pair, chosen: { ...pair.chosen, text: 'Choose ME.' } }));
    const varied = null5.map((pair, index) =>
      index % 2 ? { ...pair, chosen: { id: 'x', text: ' choose me. ' } } : pair,
    );

    const { dataset } = await assemble([...varied, ...many.slice(5)]);

    expect(dataset).toMatchObject({ pairs: 55, leftOut: { 'same-chosen-text': 5 } });
  });

  test('is no text that is chosen for four prompts, or for no more than its share', async () => {
    const sharing = (count: number) => [
      ...many.slice(0, count).map((pair) => ({ ...pair, chosen: { ...pair.chosen, text: 'It is on its way.' } })),
      ...many.slice(count),
    ];

    expect((await assemble(sharing(4))).dataset.leftOut).toEqual({});
    expect((await assemble(sharing(6), { settings: { ...settings, sameResponseShare: 0.1 } })).dataset.leftOut).toEqual(
      {},
    );
  });

  test('is never a pair uncounted, and who stays does not hang on the order', async () => {
    const counted = fc.asyncProperty(anyPairs, fc.nat(), async (pairs, seed) => {
      const heldOut = new Set([conversationHash(pairOf('a').prompt)]);
      const [{ dataset, train, validation }, other] = [
        await assemble(pairs, { heldOut }),
        await assemble(shuffled(pairs, randomFor(seed)), { heldOut }),
      ];

      const leftOut = Object.values(dataset.leftOut).reduce((sum, count) => sum + count, 0);
      expect(dataset.pairs + leftOut).toBe(pairs.length);
      expect([train.length, validation.length]).toEqual([dataset.train, dataset.validation]);
      expect({ ...other.dataset, hashes: dataset.hashes }).toEqual(dataset);
    });
    await fc.assert(counted);
  });
});

describe('the quality of a dataset', () => {
  const lengths = (chosen: number, rejected: number, index: number) =>
    pairOf(`q ${index}`, `yes ${index} ${'word '.repeat(chosen - 2)}`, `no ${index} ${'word '.repeat(rejected - 2)}`);
  const few = { settings: { ...settings, validationShare: 0 } };

  test('is told in mean words and in the share with the longer chosen', async () => {
    const { dataset } = await assemble(
      [lengths(12, 10, 0), lengths(8, 10, 1), lengths(10, 10, 2), lengths(10, 10, 3)],
      few,
    );

    expect(dataset).toMatchObject({ meanWords: { chosen: 10, rejected: 10 }, chosenLonger: 0.25 });
  });

  test('of alike and enough pairs needs no warning', async () => {
    expect((await assemble(many, few)).dataset.warnings).toEqual([]);
  });

  test('of nothing is no number', async () => {
    expect((await assemble([])).dataset).toMatchObject({
      pairs: 0,
      meanWords: { chosen: 0, rejected: 0 },
      chosenLonger: null,
      warnings: ['Pairs to train on: 0; the loop asks for 1 at least.'],
    });
  });

  test.each([
    [15, 10, '1.50 times', 'longer'],
    [8, 10, '0.80 times', 'shorter'],
  ])('of %d words against %d has two warnings', async (chosen, rejected, ratio, side) => {
    const pairs = Array.from({ length: 20 }, (_, index) => lengths(chosen, rejected, index));

    expect((await assemble(pairs, few)).dataset.warnings).toEqual([
      expect.stringContaining(ratio),
      expect.stringContaining(`the ${side} one in 100 %`),
    ]);
  });

  test.each([
    [9, 'Pairs to train on: 9; trainers take no fewer than 10.'],
    [3, 'Pairs to train on: 3; the loop asks for 4 at least.'],
  ])('of %d pairs has a warning', async (count, warning) => {
    const { dataset } = await assemble(many.slice(0, count), { settings: { ...few.settings, minimum: 4 } });

    expect(dataset.warnings).toEqual([warning]);
  });
});
