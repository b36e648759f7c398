import { beforeEach, describe, expect, test } from '@jest/globals';
import { keys } from '../../../core/artifact-keys.ts';
import { newRegistry, type Registry, withPromotion } from '../../../core/registry.ts';
import { getReport } from '../../../functions/api/get-report/handler.ts';
import { getStudent } from '../../../functions/api/get-student/handler.ts';
import { listPairs } from '../../../functions/api/list-pairs/handler.ts';
import { rollBack } from '../../../functions/api/roll-back/handler.ts';
import { caller, DeployedLoop, pairOf } from './api-fixture.ts';

let loop: DeployedLoop;
beforeEach(() => {
  loop = new DeployedLoop();
});
const run = 'run-1';

describe('GET /runs/{run}/pairs', () => {
  const page = async (query: Record<string, string> = {}) => (await loop.ask(listPairs, { run, query })).body;
  const ids = (pairs: readonly { prompt: { id: string } }[]) => pairs.map(({ prompt }) => prompt.id);

  /** The pages one after the other, until there is no next. */
  async function allPages(query: Record<string, string>) {
    const pages: string[][] = [];
    let next: string | null = null;
    do {
      const { pairs, next: after } = await page({ ...query, ...(next === null ? {} : { next }) });
      pages.push(ids(pairs));
      next = after;
    } while (next !== null);
    return pages;
  }

  test('gives every pair once, in order, over shards that are empty or not built yet', async () => {
    loop.plan(run, { shards: 5 });
    loop.pairs(run, 1, 0, [pairOf('a'), pairOf('b'), pairOf('c')]);
    loop.pairs(run, 1, 1, []);
    loop.pairs(run, 1, 3, [pairOf('d'), pairOf('e')]);

    for (const limit of ['1', '2', '3', '100']) {
      const pages = await allPages({ limit });
      expect(pages.flat()).toEqual(['a', 'b', 'c', 'd', 'e']);
      for (const one of pages) expect(one.length).toBeLessThanOrEqual(Number(limit));
    }
  });

  test('reads no shard after the page is full', async () => {
    loop.plan(run, { shards: 3 });
    for (const shard of [0, 1, 2]) loop.pairs(run, 1, shard, [pairOf(`a${shard}`), pairOf(`b${shard}`)]);
    const read: string[] = [];
    const lines = loop.store.lines.bind(loop.store);
    loop.store.lines = (key) => {
      read.push(key);
      return lines(key);
    };

    await page({ limit: '1' });

    expect(read).toEqual([keys.part(run, 1, 'pairs', 0)]);
  });

  test('stays under what Lambda can answer, and leaves no pair out', async () => {
    loop.plan(run, { shards: 1 });
    const large = 'x'.repeat(2_000_000);
    loop.pairs(
      run,
      1,
      0,
      ['a', 'b', 'c', 'd', 'e'].map((id) => pairOf(id, large)),
    );

    expect(await allPages({ limit: '100' })).toEqual([['a', 'b'], ['c', 'd'], ['e']]);
  });

  test('looks into a bounded number of shards, and says where it stopped', async () => {
    loop.plan(run, { shards: 450 });
    loop.pairs(run, 1, 449, [pairOf('last')]);

    expect(await allPages({})).toEqual([[], [], ['last']]);
  });

  test('are of the latest round that has some, or of the one that is asked for', async () => {
    loop.plan(run, { rounds: 3, shards: 1 });
    loop.pairs(run, 1, 0, [pairOf('one')]);
    loop.pairs(run, 2, 0, [pairOf('two')]);

    expect(await page()).toMatchObject({ round: 2, pairs: [{ prompt: { id: 'two' } }] });
    expect(await page({ round: '1' })).toMatchObject({ round: 1, pairs: [{ prompt: { id: 'one' } }] });
  });

  test.each(['made up', Buffer.from('[1,-1,0]').toString('base64url')])('refuse the next %s', async (next) => {
    loop.plan(run);

    const { status, body } = await loop.ask(listPairs, { run, query: { next } });

    expect([status, body.problems[0].path]).toEqual([400, 'next']);
  });

  test('of a run that is not planned are 404', async () => {
    expect((await loop.ask(listPairs, { run })).status).toBe(404);
  });
});

describe('GET /runs/{run}/report', () => {
  test('is a link to the page for 15 minutes, with what the report says', async () => {
    loop.report(run, 'finished');

    const { body } = await loop.ask(getReport, { run });

    expect(body.url).toBe('https://bucket.example/runs/run-1/report.html?type=text/html; charset=utf-8');
    expect(body.expiresAt).toBe('2026-11-24T09:15:00.000Z');
    expect(body.report).toMatchObject({ run, ending: { name: 'finished' }, usage: { usd: 4.2 } });
    expect(body.report).not.toHaveProperty('rounds');
  });

  test('of a run under way is 404 with the reason, which is another one than of an unknown run', async () => {
    loop.write(keys.execution(run), { arn: 'arn', name: run, input: {} });

    const known = await loop.ask(getReport, { run });
    const unknown = await loop.ask(getReport, { run: 'run-2' });

    expect([known.status, unknown.status]).toEqual([404, 404]);
    expect(known.body.detail).toContain('has no report');
    expect(unknown.body.detail).toContain('There is no run run-2');
  });
});

describe('the student', () => {
  const promoted = (registry: Registry, model: string, round: number) =>
    withPromotion(registry, { model, at: 'then', run, round, evidence: null, reason: null }, registry.incumbent);
  const prepare = () => {
    const first = promoted(newRegistry('desk', 'base', 'then'), 'better', 1);
    loop.write(keys.registry('desk'), promoted(first, 'best', 2));
  };
  const back = (body: object) => loop.ask(rollBack, { body });

  test('is 404 before the first run', async () => {
    expect((await loop.ask(getStudent)).status).toBe(404);
    expect((await back({})).status).toBe(404);
  });

  test('has a lineage', async () => {
    prepare();

    const { body } = await loop.ask(getStudent);

    expect(body).toMatchObject({ loop: 'desk', incumbent: 'best' });
    expect(body.lineage.map(({ model }: { model: string }) => model)).toEqual(['base', 'better', 'best']);
  });

  test('moves back one step, and who did it and why is kept', async () => {
    prepare();

    const { status, body } = await back({ reason: 'It is rude.' });

    expect([status, body.incumbent]).toEqual([200, 'better']);
    expect(body.lineage.at(-1)).toMatchObject({
      how: 'rollback',
      model: 'better',
      reason: `It is rude. (by ${caller})`,
    });
  });

  test('moves to the one that is named, once, however often it is asked for', async () => {
    prepare();
    await back({ to: 'base' });

    const { body } = await back({ to: 'base' });

    expect(body.incumbent).toBe('base');
    expect(body.lineage).toHaveLength(4);
  });

  test('does not move to what is not in its lineage, nor below its base', async () => {
    prepare();
    expect(await back({ to: 'stranger' })).toMatchObject({ status: 400, body: { problems: [{ path: 'to' }] } });
    await back({ to: 'base' });

    expect((await back({})).status).toBe(409);
    expect(loop.read(keys.registry('desk')).incumbent).toBe('base');
  });
});
