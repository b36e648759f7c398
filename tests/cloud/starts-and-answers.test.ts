import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { apiAddress } from '../../bin/remote/api-address.ts';
import type { RunView } from '../../core/api.ts';
import { until } from './emulator/until.ts';
import { type Credentials, signedRequest } from './planted/account.ts';
import { type Listener, listen } from './planted/listener.ts';
import { answeredAtOnce } from './planted/planted-endpoint.ts';
import { deployPlanted, type PlantedLoop } from './planted/planted-loop.ts';

/* Who may start runs and how many, and what becomes of a run that asks a person. One deployment, and a run for each. */
let planted: PlantedLoop;
let listener: Listener;
beforeAll(async () => {
  planted = await deployPlanted();
  listener = await listen(planted.account);
});
afterAll(async () => {
  await planted?.close();
});

const post = (path: string, body: unknown) =>
  planted.desk.call<RunView & { readonly type: string }>('POST', path, body);
const runs = async () => (await planted.desk.call<{ readonly runs: readonly unknown[] }>('GET', '/runs')).body.runs;
const incumbent = async () => (await planted.student()).incumbent;

describe('two starts', () => {
  afterEach(() => {
    planted.endpoint.fate = answeredAtOnce;
  });

  test('of one run are one run', async () => {
    const starts = await Promise.all([1, 2, 3].map(() => post('/runs', { runId: 'twin' })));

    // At the very same time each may seem to be the first.
    for (const { status } of starts) expect([200, 202]).toContain(status);
    expect(new Set(starts.map(({ body }) => body.console)).size).toBe(1);
    expect((await post('/runs', { runId: 'twin' })).status).toBe(200);
    expect(await planted.endOf('twin')).toMatchObject({ ending: 'finished' });
    expect(await runs()).toHaveLength(1);
    expect(planted.endpoint.paidTwice).toBe(0);
    expect(planted.endpoint.trainer.jobs).toHaveLength(1);
  });

  test('of two runs are one run and one refusal', async () => {
    const starts = await Promise.all(['red', 'blue'].map((run) => post('/runs', { runId: run })));

    expect(starts.map(({ status }) => status).sort()).toEqual([202, 409]);
    const [won, lost] = starts[0]?.status === 202 ? starts : starts.toReversed();
    expect(lost?.body).toMatchObject({ type: 'urn:ratchet:error:LoopBusy' });
    expect(await planted.endOf(won?.body.run ?? '')).toMatchObject({ ending: 'finished' });
    expect(await runs()).toHaveLength(2);
  });

  test('of which the second comes by the clock are one run and a word about the other', async () => {
    const { promise: goOn, resolve: release } = Promise.withResolvers<undefined>();
    planted.endpoint.fate = () => goOn;
    await planted.start('long');
    await until('call that waits', async () => planted.endpoint.counts.inFlight > 0 || undefined);

    await startByTheClock();

    const told = await listener.heard('was not started');
    expect(told).toMatch(/The run planted-\d{8}-\d{4} of the loop planted was not started: the run long is still/);
    release(undefined);
    expect(await planted.endOf('long')).toMatchObject({ ending: 'finished' });
  });
});

/** Another schedule like the loop's, whose time has come: it calls the same function in the same role. */
async function startByTheClock(): Promise<void> {
  const { Target } = await planted.account.rest<{ readonly Target: unknown }>(
    'scheduler',
    'GET',
    '/schedules/ratchet-planted',
  );
  await planted.account.rest('scheduler', 'POST', '/schedules/now', {
    ScheduleExpression: 'at(2026-01-01T00:00:00)',
    FlexibleTimeWindow: { Mode: 'OFF' },
    Target,
  });
}

describe.each([
  ['training', 'would train on'],
  ['promotion', 'would promote the candidate'],
] as const)('a person who is asked before the %s', (point, summary) => {
  const settings = { approval: `before-${point}` };

  async function asking(run: string): Promise<void> {
    await planted.start(run, settings);
    await planted.desk.runWhere(run, ({ approval }) => approval !== null);
  }

  test('is told what about and how to answer, and agrees', async () => {
    const run = `agreed-${point}`;
    const before = await incumbent();
    await asking(run);
    const told = await listener.heard(`The run ${run} of the loop planted waits`);
    expect(told).toContain(`agree to the ${point} of round 1`);
    expect(told).toContain(summary);
    expect(told).toContain(`POST /runs/${run}/approval`);
    expect(told).toMatch(/https:\S+\/states\/home\?region=us-east-1#\/v2\/executions\/details\/arn:aws:states:\S+/);
    expect(await incumbent()).toBe(before);

    const { status } = await post(`/runs/${run}/approval`, { approved: true, note: 'go on' });

    expect(status).toBe(200);
    expect(await planted.endOf(run)).toMatchObject({ ending: 'finished', decided: [{ promoted: true }] });
    expect(await incumbent()).not.toBe(before);
  });

  test('refuses, and the incumbent stays', async () => {
    const run = `refused-${point}`;
    const before = await incumbent();
    await asking(run);
    await post(`/runs/${run}/approval`, { approved: false, note: 'not today' });

    expect(await planted.endOf(run)).toMatchObject({ status: 'ended', ending: 'approval-refused' });
    expect(await incumbent()).toBe(before);
    expect(await listener.heard(`The run ${run} of the loop planted has ended`)).toContain('approval-refused');
    expect((await post(`/runs/${run}/approval`, { approved: true })).status).toBe(409);
  });

  test('does not answer in time, and the incumbent stays', async () => {
    const run = `expired-${point}`;
    const before = await incumbent();
    // A minute and a half, of which a hundredth is waited for.
    await planted.start(run, { ...settings, approvalDays: 0.001 });

    expect(await planted.endOf(run)).toMatchObject({ status: 'ended', ending: 'approval-expired' });
    expect(await incumbent()).toBe(before);
  });
});

describe('the API', () => {
  test('lets in whom IAM lets in', async () => {
    const nobody = await newUser('nobody');
    const starter = await newUser('starter', `arn:aws:execute-api:us-east-1:000000000000:*/v1/GET/runs`);

    expect(await statusFor(nobody, 'runs')).toBe(403);
    expect(await statusFor(starter, 'runs')).toBe(200);
    expect(await statusFor(starter, 'student')).toBe(403);
  });
});

/** A user of the account who may send these requests to APIs, if any. */
async function newUser(name: string, mayInvoke?: string): Promise<Credentials> {
  const iam = (form: Record<string, string>) => planted.account.query('iam', '2010-05-08', { UserName: name, ...form });
  await iam({ Action: 'CreateUser' });
  if (mayInvoke !== undefined) {
    const statement = { Effect: 'Allow', Action: 'execute-api:Invoke', Resource: mayInvoke };
    const document = JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
    await iam({ Action: 'PutUserPolicy', PolicyName: 'Invoke', PolicyDocument: document });
  }
  const key = await iam({ Action: 'CreateAccessKey' });
  return { accessKeyId: key('AccessKeyId'), secretAccessKey: key('SecretAccessKey') };
}

async function statusFor(user: Credentials, path: string): Promise<number> {
  const { outputs, emulator } = planted.desk;
  const address = apiAddress(outputs['ApiUrl'] ?? '', emulator.endpoint);
  return (await signedRequest(user, 'execute-api', `${address}${path}`, { method: 'GET' })).status;
}
