import { beforeEach, describe, expect, test } from '@jest/globals';
import { listRuns } from '../../../functions/api/list-runs/handler.ts';
import { startRun } from '../../../functions/api/start-run/handler.ts';
import { DeployedLoop } from './api-fixture.ts';

let loop: DeployedLoop;
beforeEach(() => {
  loop = new DeployedLoop();
});
const names = () => [...loop.executions.kept.keys()];

describe('POST /runs', () => {
  test('starts a run under the name that it is given, and says where it is', async () => {
    const { status, headers, body } = await loop.ask(startRun, { body: { runId: 'run-1', seed: 9 } });

    expect(status).toBe(202);
    expect(headers).toMatchObject({ location: 'runs/run-1', 'content-type': 'application/json' });
    expect(body).toMatchObject({
      run: 'run-1',
      loop: 'desk',
      version: 'abcdef12',
      seed: 9,
      status: 'running',
      round: 0,
    });
    expect(names()).toEqual(['run-1']);
  });

  test('without a name takes the time', async () => {
    const { body } = await loop.ask(startRun);

    expect(body.run).toBe('desk-20261124090000');
  });

  test('with the same Idempotency-Key starts one run, whatever the key looks like and how its header is written', async () => {
    const first = await loop.ask(startRun, { headers: { 'Idempotency-Key': 'Ärger/№ 5' } });
    loop.later(60);
    const again = await loop.ask(startRun, { headers: { 'idempotency-key': 'Ärger/№ 5' } });

    expect([first.status, again.status]).toEqual([202, 200]);
    expect(again.body.run).toBe(first.body.run);
    expect(first.body.run).toMatch(/^desk-[0-9a-f]{24}$/);
    expect(names()).toHaveLength(1);
  });

  test('with another Idempotency-Key asks for another run, and the loop is busy', async () => {
    await loop.ask(startRun, { headers: { 'Idempotency-Key': 'a' } });

    const { status, headers, body } = await loop.ask(startRun, { headers: { 'Idempotency-Key': 'b' } });

    expect(status).toBe(409);
    expect(headers['content-type']).toBe('application/problem+json');
    expect(body).toMatchObject({ type: 'urn:ratchet:error:LoopBusy', status: 409 });
    expect(body.detail).toContain('Wait for it, or stop it');
  });

  test('for a run that is there answers 200, also when it is over', async () => {
    await loop.ask(startRun, { body: { runId: 'run-1' } });
    loop.executions.end('run-1', 'ended');
    loop.report('run-1', 'finished');

    const { status, body } = await loop.ask(startRun, { body: { runId: 'run-1' } });

    expect(status).toBe(200);
    expect(body).toMatchObject({ status: 'ended', ending: 'finished' });
    expect(names()).toEqual(['run-1']);
  });

  test.each([
    ['version', { version: '0123abcd' }, 'abcdef12'],
    ['seed', { seed: 8 }, '9'],
  ])(
    'for a run that is there with another %s is refused, and says what it was begun with',
    async (field, other, begun) => {
      await loop.ask(startRun, { body: { runId: 'run-1', seed: 9 } });

      const { status, body } = await loop.ask(startRun, { body: { runId: 'run-1', ...other } });

      expect(status).toBe(409);
      expect(body.problems).toEqual([{ path: field, message: expect.stringContaining(begun) }]);
    },
  );

  test('names runs so that the next executions of a run fit too', async () => {
    const { status, body } = await loop.ask(startRun, { body: { runId: 'r'.repeat(77) } });

    expect([status, body.problems[0].path]).toEqual([400, 'runId']);
  });
});

describe('GET /runs', () => {
  test('has pages, the latest first', async () => {
    for (const runId of ['run-1', 'run-2', 'run-3']) {
      await loop.ask(startRun, { body: { runId } });
      loop.executions.end(runId, 'ended');
    }

    const first = await loop.ask(listRuns, { query: { limit: '2' } });
    const second = await loop.ask(listRuns, { query: { limit: '2', next: first.body.next } });

    expect(first.body.runs.map(({ run }: { run: string }) => run)).toEqual(['run-3', 'run-2']);
    expect(second.body).toMatchObject({ runs: [{ run: 'run-1', status: 'ended' }], next: null });
  });

  test('shows a run that took two executions once', async () => {
    await loop.ask(startRun, { body: { runId: 'run-1' } });
    loop.executions.end('run-1', 'ended');
    const { arn } = await loop.executions.start('run-1.2', {});
    loop.write('runs/run-1/execution.json', { arn, name: 'run-1.2', input: {} });

    const { body } = await loop.ask(listRuns);

    expect(body.runs).toEqual([expect.objectContaining({ run: 'run-1', status: 'running' })]);
  });

  test.each([
    [{ limit: '0' }, 'limit'],
    [{ limit: 'all' }, 'limit'],
    [{ page: '2' }, 'page'],
  ])('refuses %j', async (query, path) => {
    const { status, body } = await loop.ask(listRuns, { query: query as Record<string, string> });

    expect([status, body.problems.map((problem: { path: string }) => problem.path)]).toEqual([400, [path]]);
  });

  test('refuses a next that is none', async () => {
    const { status } = await loop.ask(listRuns, { query: { next: 'made up' } });

    expect(status).toBe(400);
  });
});
