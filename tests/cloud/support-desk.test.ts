import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { RunView, StudentView } from '../../core/api.ts';
import { type DeployedLoop, deployLoop } from './deployed-loop.ts';
import { until } from './emulator/until.ts';

/*
 * The whole story on the AWS emulator: deployed with the real CDK command line, called through the deployed API with signed
 * requests, with the sandbox as student, teacher and trainer. One story, so its tests follow each other.
 */
let desk: DeployedLoop;
beforeAll(async () => {
  desk = await deployLoop({ settings: { schedule: { cron: 'cron(* * * * ? *)', paused: true } } });
});
afterAll(async () => {
  await desk?.close();
});

const lineage = async () => (await desk.call<StudentView>('GET', '/student')).body;

describe('a deployed loop', () => {
  test('runs when the API is asked, to a promoted candidate and a report', async () => {
    const started = await desk.call('POST', '/runs', { runId: 'first', seed: 1 });
    expect(started.status).toBe(202);
    const again = await desk.call('POST', '/runs', { runId: 'first', seed: 1 });
    expect([again.status, again.body.run]).toEqual([200, 'first']);
    const second = await desk.call<{ readonly type: string; readonly detail: string }>('POST', '/runs', {
      runId: 'other',
    });
    expect([second.status, second.type]).toEqual([409, 'application/problem+json']);
    expect(second.body).toMatchObject({ type: 'urn:ratchet:error:LoopBusy', detail: expect.stringContaining('first') });

    const end = await desk.runWhere('first', ({ status }) => status !== 'running', 300);

    expect(end).toMatchObject({ status: 'ended', ending: 'finished', round: 1, failure: null });
    expect(end.decided).toMatchObject([{ round: 1, promoted: true }]);
    expect(end.spent.calls).toBeGreaterThan(1000);
    expect((await lineage()).lineage.map(({ how }) => how)).toEqual(['base', 'promotion']);
    const { body: link } = await desk.call<{ readonly url: string }>('GET', '/runs/first/report');
    const page = await (await fetch(link.url)).text();
    expect(page).toContain('fully\u00a0right');
  });

  test('starts by the clock from the promoted student', async () => {
    const { incumbent } = await lineage();
    await desk.redeploy({ schedule: { cron: 'cron(* * * * ? *)' } });

    const scheduled = await until(
      'scheduled run',
      async () => {
        const { body } = await desk.call<{ readonly runs: readonly { readonly run: string }[] }>('GET', '/runs');
        return body.runs.find(({ run }) => run !== 'first')?.run;
      },
      90,
    );
    await desk.redeploy({ schedule: { cron: 'cron(* * * * ? *)', paused: true } });

    expect(scheduled).toMatch(/^support-desk-\d{8}-\d{4}$/);
    const end = await desk.runWhere(scheduled, ({ status }) => status !== 'running', 300);
    expect(end).toMatchObject({ status: 'ended', ending: 'finished', failure: null });
    const { body: report } = await desk.call<{
      readonly report: { readonly incumbent: unknown; readonly seed: number };
    }>('GET', `/runs/${scheduled}/report`);
    expect(report.report.incumbent).toMatchObject({ before: { model: incumbent } });
    expect(report.report.seed).not.toBe(1);
  });

  test('rolls back', async () => {
    const before = await lineage();

    const { status, body } = await desk.call<StudentView>('POST', '/student/rollback', {
      to: 'desk-base',
      reason: 'a test',
    });

    expect(status).toBe(200);
    expect(body.incumbent).toBe('desk-base');
    expect(body.lineage).toHaveLength(before.lineage.length + 1);
    expect((await desk.call<RunView>('GET', '/runs/never-was')).status).toBe(404);
  });
});
