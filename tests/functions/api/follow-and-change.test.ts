import { beforeEach, describe, expect, test } from '@jest/globals';
import { keys } from '../../../core/artifact-keys.ts';
import { noUsage } from '../../../core/usage.ts';
import { answerApproval } from '../../../functions/api/answer-approval/handler.ts';
import { getRun } from '../../../functions/api/get-run/handler.ts';
import { resumeRun } from '../../../functions/api/resume-run/handler.ts';
import { startRun } from '../../../functions/api/start-run/handler.ts';
import { stopRun } from '../../../functions/api/stop-run/handler.ts';
import { caller, DeployedLoop } from './api-fixture.ts';

let loop: DeployedLoop;
beforeEach(async () => {
  loop = new DeployedLoop();
  await loop.ask(startRun, { body: { runId: 'run-1', seed: 9 } });
});
const run = 'run-1';
const view = async () => (await loop.ask(getRun, { run })).body;

describe('GET /runs/{run}', () => {
  test('of a run that there is not is 404, and its name is told', async () => {
    const { status, body } = await loop.ask(getRun, { run: 'run-9' });

    expect(status).toBe(404);
    expect(body.detail).toContain('run-9');
  });

  test('before the plan tells the state and nothing that is not known yet', async () => {
    loop.executions.enter(run, 'Plan run');

    expect(await view()).toMatchObject({
      stage: 'Plan run',
      round: 0,
      rounds: 0,
      forecast: null,
      approval: null,
      failure: null,
    });
  });

  test('counts the prompts of finished shards, and what they cost', async () => {
    loop.plan(run);
    loop.finish(run, 1, 'responses', 0, { calls: 20, usd: 1 });
    loop.finish(run, 1, 'responses', 1, { calls: 10, usd: 2 });
    loop.finish(run, 1, 'verdicts', 0, { calls: 10, usd: 0.5 });
    loop.store.objects.set(`${keys.calls(run, 1, 'verdicts', 1)}x.jsonl`, 'a shard under way');

    const { progress, spent, round, rounds } = await view();

    expect(progress).toEqual([
      { step: 'sample-responses', round: 1, done: 20, of: 20, usd: 3 },
      { step: 'judge-responses', round: 1, done: 10, of: 20, usd: 0.5 },
    ]);
    expect(spent).toEqual({ ...noUsage, calls: 40, usd: 3.5 });
    expect([round, rounds]).toEqual([1, 2]);
  });

  test('ends by the forecast at the pace so far', async () => {
    loop.plan(run);
    loop.finish(run, 1, 'responses', 0, { calls: 25 });
    loop.later(600);

    expect((await view()).estimatedEnd).toBe('2026-11-24T09:40:00.000Z');
  });

  test('says no end where the pace says centuries', async () => {
    loop.plan(run);
    loop.finish(run, 1, 'responses', 0, { calls: 1 });
    loop.later(86_400 * 300);

    expect((await view()).estimatedEnd).toBeNull();
  });

  test('in the second round tells how the first was decided, and counts what it cost', async () => {
    loop.plan(run);
    loop.finish(run, 1, 'responses', 0, { calls: 20, usd: 1 });
    loop.write(keys.outcome(run, 1), { promoted: true, incumbent: 'candidate-1' });
    loop.write(keys.decision(run, 1), { promote: true, reasons: ['It wins.'], alpha: 0.05, guards: [] });
    loop.finish(run, 2, 'responses', 0, { calls: 5, usd: 0.25 });

    const { round, decided, spent, progress } = await view();

    expect(round).toBe(2);
    expect(decided).toEqual([
      { round: 1, promoted: true, incumbent: 'candidate-1', winRate: null, checkRate: null, reasons: ['It wins.'] },
    ]);
    expect(spent).toMatchObject({ calls: 25, usd: 1.25 });
    expect(progress.map((step: { round: number }) => step.round)).toEqual([2]);
  });

  test('reads 1,000 shards many at a time, and not too many', async () => {
    loop.plan(run, { shards: 1000 });
    loop.write(keys.outcome(run, 1), { promoted: false, incumbent: 'base' });
    for (let shard = 0; shard < 1000; shard++) {
      for (const round of [1, 2]) {
        loop.finish(run, round, 'responses', shard, { calls: 1 });
        loop.finish(run, round, 'verdicts', shard, { calls: 2 });
      }
    }
    const read = loop.store.read.bind(loop.store);
    let underWay = 0;
    let most = 0;
    loop.store.read = async (key) => {
      most = Math.max(most, ++underWay);
      await new Promise((resolve) => setImmediate(resolve));
      underWay--;
      return read(key);
    };

    const { progress, spent } = await view();

    expect(progress[0]).toMatchObject({ done: 10_000, of: 10_000 });
    expect(spent.calls).toBe(6000);
    expect(most).toBeGreaterThan(16);
    expect(most).toBeLessThan(48);
  });

  test('that failed says where, why, and what the log says; of others the log is not asked', async () => {
    await view();
    expect(loop.logged).toEqual([]);
    loop.executions.enter(run, 'Start training');
    loop.executions.fail(run);
    loop.executions.enter(run, 'Fail run');
    loop.executions.fail(run);
    const cause = JSON.stringify({
      errorType: 'TrainingFailed',
      errorMessage: 'no more room',
      trace: ['at secret.ts:1'],
    });
    loop.executions.end(run, 'failed', { error: 'TrainingFailed', cause });

    const { failure, status, stage } = await view();

    expect([status, stage]).toEqual(['failed', null]);
    expect(failure).toEqual({
      Error: 'TrainingFailed',
      Cause: 'no more room',
      state: 'Start training',
      log: 'start-training: TrainingFailed: no more room',
    });
    expect(loop.logged).toEqual([run]);
  });

  test('is told though the log can not be read', async () => {
    loop.executions.end(run, 'failed', { error: 'StoreRefused', cause: 'no' });
    loop.errorLog.lastError = async () => {
      throw new Error('denied');
    };

    expect((await view()).failure).toMatchObject({ Error: 'StoreRefused', log: 'The log could not be read.' });
  });

  test('finds a run whose starter died before it wrote down the execution', async () => {
    loop.store.objects.delete(keys.execution(run));

    expect((await view()).status).toBe('running');
    expect(loop.read(keys.execution(run))).toMatchObject({ name: run });
  });

  test('is running in its first seconds, in which Step Functions knows nothing of it', async () => {
    loop.executions.kept.clear();
    expect((await view()).status).toBe('running');
  });

  test('is told by its report after Step Functions has forgotten it', async () => {
    loop.plan(run);
    loop.later(3600);
    loop.report(run, 'finished');
    loop.executions.kept.clear();
    loop.later(91 * 86_400);

    expect(await view()).toMatchObject({ status: 'ended', ending: 'finished', spent: { usd: 4.2 } });
  });

  test('has no ending of its own where the report is of an execution before', async () => {
    loop.plan(run);
    loop.executions.end(run, 'ended');
    loop.report(run, 'budget-reached');
    loop.later(60);
    await loop.ask(resumeRun, { run });
    loop.executions.end('run-1.2', 'stopped');

    expect(await view()).toMatchObject({ status: 'stopped', ending: null });
  });

  test('has a link to the console of its region', async () => {
    expect((await view()).console).toBe(
      'https://eu-west-1.console.aws.amazon.com/states/home?region=eu-west-1#/v2/executions/details/arn:aws:states:eu-west-1:123456789012:execution:ratchet-desk:run-1',
    );
  });
});

describe('POST /runs/{run}/stop', () => {
  test('stops a run, and keeps who did it and why', async () => {
    const { status, body } = await loop.ask(stopRun, { run, body: { reason: 'too dear' } });

    expect([status, body.status]).toEqual([200, 'stopped']);
    expect(loop.executions.kept.get(run)?.view.cause).toBe(`${caller}: too dear`);
  });

  test('of a run that is over answers how it is, without a body too', async () => {
    loop.executions.end(run, 'ended');

    const { status, body } = await loop.ask(stopRun, { run });

    expect([status, body.status]).toEqual([200, 'ended']);
  });

  test('stops a run of which nothing is known yet, in its first seconds', async () => {
    const stopped: string[] = [];
    const { describe, stop } = loop.executions;
    loop.executions.describe = async () => undefined;
    loop.executions.stop = async (name) => void stopped.push(name);

    await loop.ask(stopRun, { run });
    Object.assign(loop.executions, { describe, stop });

    expect(stopped).toEqual([run]);
  });

  test('frees the loop', async () => {
    await loop.ask(stopRun, { run });

    expect((await loop.ask(startRun, { body: { runId: 'run-2' } })).status).toBe(202);
  });
});

describe('POST /runs/{run}/resume', () => {
  const current = () => loop.read(keys.execution(run)).name;

  test.each(['failed', 'stopped'] as const)('redrives a run that %s, and it has the loop', async (status) => {
    loop.executions.end(run, status);

    const answer = await loop.ask(resumeRun, { run });

    expect([answer.status, answer.body.status]).toEqual([202, 'running']);
    expect(loop.executions.redriven).toEqual([run]);
    expect(current()).toBe(run);
    expect((await loop.ask(startRun, { body: { runId: 'run-2' } })).status).toBe(409);
  });

  test('asked for twice at once redrives once, and starts no second execution beside it', async () => {
    loop.executions.end(run, 'failed');

    const answers = await Promise.all([loop.ask(resumeRun, { run }), loop.ask(resumeRun, { run })]);

    expect(answers.map(({ status }) => status)).toEqual([202, 202]);
    expect(loop.executions.redriven).toEqual([run]);
    expect(loop.executions.kept.size).toBe(1);
    expect(current()).toBe(run);
  });

  test('starts another execution where one can not be redriven, with the same input', async () => {
    loop.executions.end(run, 'failed');
    loop.executions.isRedrivable = false;

    const { status, body } = await loop.ask(resumeRun, { run });

    expect([status, body.status, body.run, body.seed]).toEqual([202, 'running', run, 9]);
    expect(current()).toBe('run-1.2');
  });

  test.each(['budget-reached', 'approval-pending', 'approval-expired'] as const)(
    'goes on after %s, again and again',
    async (ending) => {
      for (const next of ['run-1.2', 'run-1.3']) {
        loop.executions.end(current(), 'ended');
        loop.report(run, ending);
        await loop.ask(resumeRun, { run });

        expect(current()).toBe(next);
        loop.later(60);
      }
    },
  );

  test.each(['finished', 'nothing-to-learn', 'approval-refused'] as const)(
    'after %s has nothing to do',
    async (ending) => {
      loop.executions.end(run, 'ended');
      loop.report(run, ending);

      const { status, body } = await loop.ask(resumeRun, { run });

      expect(status).toBe(409);
      expect(body.detail).toContain(ending);
      expect(current()).toBe(run);
    },
  );

  test('of a run under way is refused', async () => {
    expect((await loop.ask(resumeRun, { run })).status).toBe(409);
  });

  test('while another run has the loop is refused, and starts nothing', async () => {
    loop.executions.end(run, 'stopped');
    await loop.ask(startRun, { body: { runId: 'run-2' } });

    const { status, body } = await loop.ask(resumeRun, { run });

    expect([status, body.type]).toEqual([409, 'urn:ratchet:error:LoopBusy']);
    expect(loop.executions.redriven).toEqual([]);
  });

  test('sent again after its first sender died half-way finds what was started', async () => {
    loop.executions.end(run, 'ended');
    loop.report(run, 'budget-reached');
    await loop.ask(resumeRun, { run });
    loop.write(keys.execution(run), { ...loop.read(keys.execution(run)), name: run });

    const { status } = await loop.ask(resumeRun, { run });

    expect(status).toBe(409);
    expect(current()).toBe('run-1.2');
    expect([...loop.executions.kept.keys()]).toEqual([run, 'run-1.2']);
  });
});

describe('POST /runs/{run}/approval', () => {
  let taskToken: string;
  beforeEach(() => {
    loop.plan(run);
    taskToken = loop.executions.wait(run);
    const request = { taskToken, since: loop.at.toISOString(), until: '2026-11-27T09:00:00.000Z', summary: 'Train?' };
    loop.write(keys.approvalRequest(run, 1, 'training'), request);
  });
  const answer = (body: object) => loop.ask(answerApproval, { run, body });
  const kept = () => loop.read(keys.approval(run, 1, 'training'));

  test('is shown as long as it waits', async () => {
    const waiting = (await view()).approval;
    await answer({ approved: true });

    expect(waiting).toEqual({
      round: 1,
      before: 'training',
      since: '2026-11-24T09:00:00.000Z',
      until: '2026-11-27T09:00:00.000Z',
      summary: 'Train?',
    });
    expect((await view()).approval).toBeNull();
  });

  test('is kept with who gave it, and the execution goes on', async () => {
    const { status } = await answer({ approved: true, note: 'fine' });

    expect(status).toBe(200);
    expect(kept()).toEqual({ approved: true, by: caller, at: '2026-11-24T09:00:00.000Z', note: 'fine' });
    expect(loop.executions.answers).toEqual([{ taskToken, approved: true }]);
  });

  test('refused is told with who and why', async () => {
    await answer({ approved: false, note: 'Too few pairs.' });

    expect(loop.executions.answers[0]).toMatchObject({
      approved: false,
      cause: expect.stringContaining('Too few pairs.'),
    });
  });

  test('given twice changes nothing, though the round is over meanwhile', async () => {
    await answer({ approved: true, note: 'fine' });
    loop.write(keys.outcome(run, 1), { promoted: false, incumbent: 'base' });

    const again = await answer({ approved: true });

    expect(again.status).toBe(200);
    expect(kept().note).toBe('fine');
    expect(loop.executions.answers).toHaveLength(1);
  });

  test('that contradicts the one that was given is refused, and not told', async () => {
    await answer({ approved: true });

    const { status, body } = await answer({ approved: false });

    expect(status).toBe(409);
    expect(body.detail).toContain('approved');
    expect(kept().approved).toBe(true);
    expect(loop.executions.answers).toHaveLength(1);
  });

  test('that was kept and not told, because its sender died, is told the next time', async () => {
    loop.write(keys.approval(run, 1, 'training'), { approved: true, by: caller, at: loop.at.toISOString(), note: '' });

    await answer({ approved: true });

    expect(loop.executions.answers).toEqual([{ taskToken, approved: true }]);
  });

  test('that comes too late is kept, and says what to do', async () => {
    loop.executions.expire(taskToken);

    const { status, body } = await answer({ approved: true });

    expect(status).toBe(409);
    expect(body.detail).toContain('resume the run');
    expect(kept().approved).toBe(true);
  });

  test('that nobody has asked for is refused', async () => {
    loop.store.objects.delete(keys.approvalRequest(run, 1, 'training'));

    expect((await answer({ approved: true })).status).toBe(409);
    expect(kept()).toBeNull();
  });
});
