import { beforeEach, describe, expect, test } from '@jest/globals';
import { keys } from '../../core/artifact-keys.ts';
import type { Loop } from '../../core/loop.ts';
import { partSummarySchema } from '../../core/part-summary.ts';
import { readArtifact, readRun } from '../../functions/artifacts.ts';
import { collectReport } from '../../functions/write-report/collect-report.ts';
import { MemoryStore } from '../fakes/memory-store.ts';
import { daysLater, Endpoint, partOf, plan, workOn } from './paid-shards.ts';
import { prompts, runOf } from './shard-fixture.ts';

const { loop } = runOf();
let store: MemoryStore;
/** Of the first run, which pays for all. */
let first: Endpoint;

async function run(name: string, given: Parameters<typeof plan>[2] = {}, days = 1, endpoint = new Endpoint()) {
  await plan(store, name, given);
  await workOn(
    endpoint.services(store, { now: daysLater(days) }),
    name,
    Math.ceil((given.of?.length ?? 4) / (given.size ?? 100)),
  );
  return endpoint;
}

beforeEach(async () => {
  store = new MemoryStore();
  first = await run('run-1', {}, 0);
});

describe('a later run', () => {
  test.each<[string, Partial<Loop>]>([
    ['the same loop', {}],
    ['other settings of its pairs', { pairs: { ...loop.pairs, minimum: 99 } }],
    ['another budget', { budget: { calls: 1_000_000 } }],
    ['more calls at once', { shards: { prompts: 7, atOnce: 9 } }],
  ])('with %s makes no call', async (_, change) => {
    const second = await run('run-2', { change });

    expect(second.asked).toEqual([]);
    for (const part of ['responses', 'verdicts'] as const) {
      const rows = (name: string) =>
        (store.objects.get(partOf(name, part)) ?? '').replace(/"usage":\{.*?\}/g, '"usage":{}');
      expect(rows('run-2')).toBe(rows('run-1'));
    }
  });

  test('says how many calls it did not have to pay, and pays nothing for them', async () => {
    await run('run-2');

    const summary = await readArtifact(store, keys.summary('run-2', 1, 'responses', 0), partSummarySchema);
    expect(summary).toMatchObject({ reused: first.student.requests.length, usage: { calls: 0, usd: 0 } });
  });

  test('has their number in its report, and one that pays for all has none', async () => {
    await run('run-2');
    const reportOf = async (name: string) => collectReport(store, await readRun(store, name), 'dataset-ready', 'now');

    expect((await reportOf('run-2')).reused).toBe(first.asked.length);
    expect(await reportOf('run-1')).not.toHaveProperty('reused');
  });

  test('with another rubric asks the student for nothing, and the teacher for everything', async () => {
    const second = await run('run-2', { change: { rubric: { purpose: 'A desk.', rules: ['Be short.'] } } });

    expect(second.student.requests).toEqual([]);
    expect(second.teacher.requests.length).toBeGreaterThan(20);
    expect(first.asked.filter((asked) => second.asked.includes(asked))).toEqual([]);
  });

  test.each<[string, Partial<Loop>]>([
    ['another temperature', { sampling: { ...loop.sampling, responses: 4, maxTokens: 32, temperature: 0.1 } }],
    ['another seed', { seed: 99 }],
  ])('with %s asks the student for everything', async (_, change) => {
    expect((await run('run-2', { change })).student.requests).toHaveLength(first.student.requests.length);
  });

  test('of another loop makes all calls', async () => {
    const second = await run('run-2', { change: { name: 'shop' } });

    expect(second.asked).toHaveLength(first.asked.length);
  });

  test('that has the name of one whose folder was deleted leaves its calls beside those of that one', async () => {
    for (const key of [...store.objects.keys()]) if (key.startsWith('runs/')) store.objects.delete(key);
    const change = { sampling: { ...loop.sampling, responses: 4, maxTokens: 32, temperature: 0.1 } };
    const asked = (endpoint: Endpoint) => endpoint.student.requests.length;

    expect(asked(await run('run-1', { change, startedAt: 'later' }))).toBe(asked(first));
    expect(asked(await run('run-2', { change }))).toBe(0);
    expect(asked(await run('run-3'))).toBe(0);
  });

  test('that finds its calls again and again keeps finding them', async () => {
    for (const name of ['run-2', 'run-3', 'run-4']) expect((await run(name)).asked).toEqual([]);
  });
});

test('one prompt that is put before the others costs its own call, and one at each border of shards', async () => {
  const many = prompts(12);
  await run('run-2', { of: many, size: 4 }, 1);
  const inserted = { id: 'new', messages: [{ role: 'user' as const, content: 'What is new?' }] };

  const { student } = await run('run-3', { of: [inserted, ...many], size: 4 }, 2);

  const asked = student.requests.map(({ prompt }) => prompt.id);
  expect(asked.toSorted()).toEqual(['new', 'p-3', 'p-7', 'p-11'].toSorted());
});

describe('calls are not used again', () => {
  test('where the loop wants it so', async () => {
    expect((await run('run-2', { change: { reuseDays: 0 } })).asked).toHaveLength(first.asked.length);
  });

  test('once they are too old, and then they are gone', async () => {
    const kept = () => [...store.objects.keys()].filter((key) => key.startsWith('loops/desk/calls/'));
    const before = kept();

    expect((await run('run-2', {}, 29)).asked).toEqual([]);
    expect((await run('run-3', {}, 31)).asked).toHaveLength(first.asked.length);
    expect(before.length).toBeGreaterThan(0);
    expect(kept().filter((key) => before.includes(key))).toEqual([]);
  });

  test('of the sandbox, whose models change with its code', async () => {
    const sandbox = { student: loop.student, teacher: loop.teacher };
    const once = await run('run-2', { change: sandbox });

    expect((await run('run-3', { change: sandbox })).asked).toHaveLength(once.asked.length);
  });

  test.each([
    ['refused', { text: 'No.', finish: 'refusal' as const }],
    ['filtered', { text: '', finish: 'filtered' as const }],
    ['empty', { text: '', finish: 'stop' as const }],
  ])('that were %s: they may be answered now', async (_, said) => {
    const change = { name: 'shop' };
    await run('run-2', { change }, 1, new Endpoint(({ count }) => Array.from({ length: count }, () => said)));

    expect((await run('run-3', { change })).student.requests).toHaveLength(first.student.requests.length);
  });
});
