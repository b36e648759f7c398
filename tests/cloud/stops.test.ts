import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { keys } from '../../core/artifact-keys.ts';
import { approvalRequestSchema } from '../../core/run.ts';
import { findArtifact } from '../../functions/artifacts.ts';
import { until } from './emulator/until.ts';
import { deployPlanted, type PlantedLoop, type Settings } from './planted/planted-loop.ts';

/*
 * A run is stopped in each of its states, and resumed. Step Functions does not end the function that is at work then: it may
 * die, and it may do its work to the end. Both are tried: the function is held, the run is stopped, and the function is killed
 * or goes on.
 */
let planted: PlantedLoop;
beforeAll(async () => {
  planted = await deployPlanted();
  // Warms all functions up: one that is to be held must have a process.
  await planted.start('promotes');
  await planted.endOf('promotes');
  await planted.start('keeps', keeping);
  await planted.endOf('keeps');
});
afterAll(async () => {
  await planted?.close();
});

const keeping: Settings = { evaluation: { alpha: 0.5, minimumPrompts: 1000 } };

interface Stop {
  readonly state: string;
  readonly step: string;
  /** What the function does after the stop; `until` says when it has. */
  readonly afterwards: 'dies' | { readonly until: (run: string) => Promise<boolean> };
  readonly settings?: Settings;
}

const isThere = (key: (run: string) => string) => async (run: string) =>
  (await planted.store.read(key(run))) !== undefined;
const summary = (part: 'responses' | 'verdicts' | 'pairs' | 'evaluation') =>
  isThere((run) => keys.summary(run, 1, part, 0));

const stops: readonly Stop[] = [
  { state: 'Plan run', step: 'plan-run', afterwards: 'dies' },
  { state: 'Collect feedback', step: 'sample-responses', afterwards: { until: summary('responses') } },
  { state: 'Collect feedback', step: 'judge-responses', afterwards: 'dies' },
  { state: 'Collect feedback', step: 'build-pairs', afterwards: { until: summary('pairs') } },
  { state: 'Assemble dataset', step: 'assemble-dataset', afterwards: 'dies' },
  { state: 'Start training', step: 'start-training', afterwards: { until: async (run) => hasJob(run) } },
  { state: 'Check training', step: 'check-training', afterwards: 'dies' },
  { state: 'Serve candidate', step: 'serve-candidate', afterwards: 'dies' },
  { state: 'Compare students', step: 'evaluate-candidate', afterwards: { until: summary('evaluation') } },
  { state: 'Decide promotion', step: 'decide-promotion', afterwards: 'dies' },
  { state: 'Promote candidate', step: 'promote-candidate', afterwards: 'dies' },
  {
    state: 'Promote candidate',
    step: 'promote-candidate',
    afterwards: { until: isThere((run) => keys.outcome(run, 1)) },
  },
  { state: 'Keep incumbent', step: 'keep-incumbent', afterwards: 'dies', settings: keeping },
  { state: 'Write report', step: 'write-report', afterwards: { until: isThere(keys.reportPage) } },
];

function hasJob(run: string): boolean {
  return planted.endpoint.trainer.jobs.some(({ metadata }) => metadata['run_key'] === `${run}/round-1`);
}

const lineageLength = async () => (await planted.student()).lineage.length;

/** Never between two students. */
async function expectWholeRegistry(lengths: readonly number[]) {
  const { incumbent, lineage } = await planted.student();
  expect(lengths).toContain(lineage.length);
  expect(incumbent).toBe(lineage.at(-1)?.model);
}

/** After its resumption a run has promoted once, or kept; it has one job, and has paid for no call twice. */
async function expectWholeRun(run: string, lineageBefore: number, promotes: boolean) {
  expect(await planted.endOf(run)).toMatchObject({ status: 'ended', ending: 'finished', failure: null });
  await expectWholeRegistry([lineageBefore + (promotes ? 1 : 0)]);
  const jobs = planted.endpoint.trainer.jobs.filter(({ metadata }) => metadata['run_key'] === `${run}/round-1`);
  expect(jobs).toHaveLength(1);
  expect(planted.endpoint.paidTwice).toBe(0);
}

describe('a run that was stopped is resumed', () => {
  let number = 0;
  test.each(stops)('in $state, while $step is at work', async ({ state, step, afterwards, settings }) => {
    const run = `stopped-${++number}-${step}`;
    const before = await lineageLength();
    await planted.signal(step, 'SIGSTOP');
    await planted.start(run, settings);
    await planted.called(step, run);
    expect(await planted.view(run)).toMatchObject({ status: 'running', stage: state });
    await planted.stop(run);
    expect(await planted.view(run)).toMatchObject({ status: 'stopped', failure: null });
    await planted.signal(step, afterwards === 'dies' ? 'SIGKILL' : 'SIGCONT');
    if (afterwards !== 'dies')
      await until('end of the function', async () => (await afterwards.until(run)) || undefined);
    expect(await planted.view(run)).toMatchObject({ status: 'stopped' });
    await expectWholeRegistry([before, before + 1]);
    await planted.resume(run);

    await expectWholeRun(run, before, settings !== keeping);
  });

  test('while its job is trained', async () => {
    const before = await lineageLength();
    planted.endpoint.trainer.succeeds = false;
    await planted.start('stopped-in-training');
    await planted.desk.runWhere('stopped-in-training', ({ stage }) => stage === 'Wait for training');
    await planted.stop('stopped-in-training');
    expect(await planted.view('stopped-in-training')).toMatchObject({ status: 'stopped' });
    planted.endpoint.trainer.succeeds = true;
    await planted.resume('stopped-in-training');

    await expectWholeRun('stopped-in-training', before, true);
  });

  test.each([
    ['training', 'Await approval'],
    ['promotion', 'Await approval of promotion'],
  ] as const)('while it waits for approval of the %s', async (point, state) => {
    const run = `stopped-before-${point}`;
    const before = await lineageLength();
    const token = async () =>
      (await findArtifact(planted.store, keys.approvalRequest(run, 1, point), approvalRequestSchema))?.taskToken;
    await planted.start(run, { approval: `before-${point}` });
    const { stage } = await planted.desk.runWhere(run, ({ approval }) => approval !== null);
    expect(stage).toBe(state);
    const first = await token();
    await planted.stop(run);
    await expectWholeRegistry([before]);
    await planted.resume(run);
    await until('question that is asked anew', async () => (await token()) !== first || undefined);
    await planted.desk.call('POST', `/runs/${run}/approval`, { approved: true });

    await expectWholeRun(run, before, true);
  });
});
