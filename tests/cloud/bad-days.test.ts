import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { reportLinkSchema } from '../../core/api.ts';
import type { Call } from '../endpoint-simulator/read-call.ts';
import { until } from './emulator/until.ts';
import { historyOf } from './planted/executions.ts';
import { answeredAtOnce } from './planted/planted-endpoint.ts';
import { deployPlanted, type PlantedLoop } from './planted/planted-loop.ts';

/* What goes wrong around a run: it goes on, and nothing that was paid for is paid again. One deployment, and a run for each. */
let planted: PlantedLoop;
beforeAll(async () => {
  planted = await deployPlanted();
});
afterEach(() => {
  planted.endpoint.fate = answeredAtOnce;
});
afterAll(async () => {
  await planted?.close();
});

const isSampling = ({ role, n }: Call) => role === 'student' && n > 1;
const isJudging = ({ role }: Call) => role === 'teacher';
const isEvaluating = ({ role, n }: Call) => role === 'student' && n === 1;

/** Finished, with a promotion; every call was answered once, and one job was trained. */
async function expectSoundEnd(run: string, before: { readonly jobs: number; readonly promotions: number }) {
  expect(await planted.endOf(run)).toMatchObject({ status: 'ended', ending: 'finished', failure: null });
  expect(planted.endpoint.paidTwice).toBe(0);
  expect(planted.endpoint.trainer.jobs).toHaveLength(before.jobs + 1);
  expect((await planted.student()).lineage).toHaveLength(before.promotions + 1);
}

async function present() {
  const { status, body } = await planted.desk.call<{ readonly lineage: unknown[] }>('GET', '/student');
  return { jobs: planted.endpoint.trainer.jobs.length, promotions: status === 200 ? body.lineage.length : 1 };
}

describe('a function that is killed in the middle of a shard', () => {
  test.each([
    ['sample-responses', 'responses', isSampling],
    ['judge-responses', 'verdicts', isJudging],
    ['evaluate-candidate', 'evaluation', isEvaluating],
  ] as const)('%s goes on from what is recorded', async (step, part, isOfStep) => {
    const run = `killed-${step}`;
    const before = await present();
    const { endpoint } = planted;
    const { promise: killed, resolve: release } = Promise.withResolvers<undefined>();
    let begun = 0;
    endpoint.fate = async (call) => {
      if (begun > 0 || isOfStep(call)) begun++;
      return begun > 3 ? killed : undefined;
    };
    await planted.start(run);
    await until('record of three calls', async () => (await planted.recorded(run, part)) === 3 || undefined);
    await until('call that waits', async () => endpoint.counts.inFlight > 0 || undefined);
    endpoint.fate = answeredAtOnce;
    await planted.signal(step, 'SIGKILL');

    await expectSoundEnd(run, before);
    release(undefined);
    const again = [...endpoint.calls.values()].filter(({ attempts }) => attempts > 1);
    expect(again.length).toBeGreaterThan(0);
    expect(await errorsIn(run)).toEqual(['Runtime.ExitError']);
  });
});

/** Of two seconds: the rest of the time is kept for a call that takes too long, and for writing down. */
const SHORT_LIFE = 35;
const quickTimeout = { timeoutSeconds: 3, callsAtOnce: 1 };
const callingSteps = ['sample-responses', 'judge-responses', 'evaluate-candidate'];

describe('a function whose time is short', () => {
  beforeAll(async () => {
    for (const step of callingSteps) await planted.setTimeout(step, SHORT_LIFE);
  });
  afterAll(async () => {
    for (const step of callingSteps) await planted.setTimeout(step, 900);
  });

  test('goes on in another invocation, and none fails', async () => {
    const before = await present();
    planted.endpoint.fate = async ({ role }) => pause(role === 'student' ? 300 : 40, undefined);
    await planted.start('slow', planted.models(quickTimeout));

    await expectSoundEnd('slow', before);
    const invocations = await invocationsOf('slow');
    for (const step of callingSteps) expect(invocations[step]).toBeGreaterThan(1);
    expect(await errorsIn('slow')).toEqual([]);
  });

  test('waits for a provider that is overloaded, and the step is tried again', async () => {
    const before = await present();
    const met: Record<number, number> = {};
    let since: number | undefined;
    planted.endpoint.fate = async () => {
      since ??= Date.now();
      const seconds = (Date.now() - since) / 1000;
      const status = seconds < 2.5 ? 429 : seconds < 8 ? 503 : 200;
      met[status] = (met[status] ?? 0) + 1;
      return status === 200 ? undefined : { status, ...(status === 429 ? { retryAfterSeconds: 1 } : {}) };
    };
    await planted.start('throttled', planted.models(quickTimeout));

    await expectSoundEnd('throttled', before);
    expect(met[429]).toBeGreaterThan(0);
    expect(met[503]).toBeGreaterThan(0);
    expect([...new Set(await errorsIn('throttled'))]).toEqual(['ProviderOverloaded']);
  });
});

test('a run whose key was replaced in the middle is resumed with the new one', async () => {
  const before = await present();
  const { endpoint } = planted;
  endpoint.fate = async (call) => {
    if (isJudging(call)) endpoint.key = 'another-key';
    return undefined;
  };
  await planted.start('refused');
  const red = await planted.endOf('refused');
  expect(red).toMatchObject({ status: 'failed', ending: 'failed', failure: { Error: 'CredentialRefused' } });
  const sampled = endpoint.counts.answered;

  await planted.setKey('another-key');
  await planted.resume('refused');

  await expectSoundEnd('refused', before);
  expect(endpoint.counts.answered).toBeGreaterThan(sampled);
  const { body } = await planted.desk.call('GET', '/runs/refused/report');
  expect(reportLinkSchema.parse(body).report.ending.name).toBe('finished');
  expect((await historyOf(planted.desk, 'refused')).filter(({ type }) => type === 'ExecutionRedriven')).toHaveLength(1);
});

/** How often the function of each step was called for a run. */
async function invocationsOf(run: string): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { taskScheduledEventDetails } of await historyOf(planted.desk, run)) {
    const step = taskScheduledEventDetails?.resource?.split(':planted-')[1];
    if (step !== undefined) counts[step] = (counts[step] ?? 0) + 1;
  }
  return counts;
}

/** What steps failed with, whether they were tried again or not. */
async function errorsIn(run: string): Promise<string[]> {
  const events = await historyOf(planted.desk, run);
  return events.flatMap(({ taskFailedEventDetails }) => taskFailedEventDetails?.error ?? []);
}
