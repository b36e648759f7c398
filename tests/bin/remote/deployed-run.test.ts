import { describe, expect, test } from '@jest/globals';
import { keys } from '../../../core/artifact-keys.ts';
import { LoopBusy } from '../../../core/errors.ts';
import { eventsOf } from '../command-line.ts';
import { whileDeployed } from './deployed-loop.ts';
import { problem } from './fake-stack.ts';
import { consoleUrl, ended, failed, progress, run, sampleView, student, waiting } from './sample-views.ts';

const busy = problem(409, 'LoopBusy', new LoopBusy('small', 'small-6').message);
const runs = (...statuses: readonly string[]) => ({
  body: {
    runs: statuses.map((status, index) => ({
      run: `small-${6 - index}`,
      status,
      startedAt: '2026-11-25T16:29:04.000Z',
      stoppedAt: null,
    })),
    next: null,
  },
});

describe('run', () => {
  test('stages the loop in the bucket, starts a run of it, and shows it as if it ran here', async () => {
    const script = {
      'POST /runs': { status: 202, body: sampleView() },
      [`GET /runs/${run}`]: [
        { body: sampleView({ stage: 'Collect feedback', progress: [progress('sample-responses', 6, 24, 0.002)] }) },
        { body: ended },
      ],
    };
    await whileDeployed(script, async ({ there, stack, file }) => {
      const { stdout, stderr, code } = await there(['run', file, '--run', run]);
      const [start] = stack.requests;
      const staged = [...stack.objects.keys()].filter((key) => key.startsWith('loops/small/staged/'));
      const { version } = start!.body as { version: string };

      expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
      expect(staged).toEqual([
        keys.stagedPrompts('small', version, 'train'),
        keys.stagedPrompts('small', version, 'held-out'),
        keys.stagedLoop('small', version),
      ]);
      expect(start).toMatchObject({ line: 'POST /runs', body: { runId: run, version } });
      expect(start?.headers['idempotency-key']).toMatch(/^[0-9a-f-]{36}$/);
      expect(withoutTimes(stdout)).toEqual([
        'small-7  1 round of dpo, seed 2',
        `Console    ${consoleUrl}`,
        'round 1  Sample responses      24/24 …',
        'round 1  Judge responses       24/24 …',
        'round 1  Evaluate candidate  256/256 …',
        '  ↑ promoted         fully right 24.2 % → 57.8 %',
        expect.stringMatching(/^ {4}The candidate's win rate on 256 held-out prompts is /),
        '',
        'round  pairs  fully right, held out  win rate (95 %)     decision',
        '1        137  24.2 % → 57.8 %        78.7 % (73.1–84.3)  ↑ promoted',
        '',
        'Better: 24.2 % → 80.9 % fully right on held-out prompts',
        'The round was run; it promoted a new student.',
        '',
        'Incumbent  ft:desk-base:r3',
        'Spent      9,180 calls, 2,599,480 tokens, $3.50, 6 min 42 s',
        'Dataset    s3://small-bucket/runs/small-7/round-1/dataset/',
        'Report     npm run ratchet -- report small-7 --stack ratchet-small',
      ]);
    });
  }, 30_000);

  test('in JSON says the same events as a run here', async () => {
    const script = { 'POST /runs': { status: 202, body: sampleView() }, [`GET /runs/${run}`]: { body: ended } };
    await whileDeployed(script, async ({ there, file, stack }) => {
      const events = eventsOf(await there(['run', file, '--seed', '9', '--json']));

      expect(stack.requests[0]?.body).toMatchObject({ seed: 9, runId: expect.stringMatching(/^small-\d{14}$/) });
      expect(events.at(0)).toEqual({
        ...{ event: 'start', run, loop: 'small', version: sampleView().version },
        ...{ rounds: 1, seed: 2 },
      });
      expect(events.filter(({ event }) => event === 'state')).toEqual([{ event: 'state', state: 'Plan run' }]);
      expect(events.filter(({ event }) => event === 'progress').map(({ step, done }) => [step, done])).toEqual([
        ['sample-responses', 0],
        ['sample-responses', 24],
        ['judge-responses', 0],
        ['judge-responses', 24],
        ['evaluate-candidate', 0],
        ['evaluate-candidate', 256],
      ]);
      expect(events.at(-2)).toMatchObject({ event: 'decision', round: 1, promote: true });
      expect(events.at(-1)).toEqual({ event: 'end', run, ending: 'finished', report: 'runs/small-7/report.json' });
    });
  }, 30_000);

  test('that failed says the state, the error, the line of the log and where the console shows it', async () => {
    await whileDeployed({ 'POST /runs': { body: failed } }, async ({ there, stack, file }) => {
      stack.objects.delete(keys.report(run));
      const { stdout, stderr, code } = await there(['run', file]);

      expect(code).toBe(1);
      expect(stderr.trim().split('\n')).toEqual([
        'ProviderRejectedRequest: The student refuses the request (404): there is no model desk-bass.',
        'State      Start training',
        'Log        start-training: ProviderRejectedRequest: there is no model desk-bass.',
        `Console    ${consoleUrl}`,
      ]);
      expect(stdout.slice(-2)).toEqual([
        'Go on      npm run ratchet -- resume small-7 --stack ratchet-small',
        '           once the cause is removed',
      ]);
    });
  }, 30_000);

  test('goes on being followed after the API was away', async () => {
    const away = { ...problem(503, 'StoreUnavailable', 'Something is away.'), headers: { 'retry-after': '0' } };
    const script = {
      'POST /runs': { body: sampleView() },
      [`GET /runs/${run}`]: [away, away, away, away, { body: ended }],
    };
    await whileDeployed(script, async ({ there, file }) => {
      const { stdout, code } = await there(['run', file]);

      expect(code).toBe(0);
      expect(stdout[2]).toBe(
        '  The API of the stack ratchet-small answers GET /runs/small-7 with 503: Something is away. The run goes on meanwhile.',
      );
      expect(stdout).toContain('Incumbent  ft:desk-base:r3');
    });
  }, 30_000);

  test('while another run is under way is refused by its name, with an exit code of its own', async () => {
    await whileDeployed({ 'POST /runs': busy }, async ({ there, file }) => {
      const { stdout, stderr, code } = await there(['run', file]);

      expect({ code, stdout }).toEqual({ code: 8, stdout: [] });
      expect(stderr.trim().split('\n')).toEqual([
        'LoopBusy: The loop small is busy with the run small-6: two runs would improve the same student at once. Wait for it, or stop it.',
        'Follow     npm run ratchet -- status small-6 --follow --stack ratchet-small',
        'Stop it    npm run ratchet -- stop small-6 --stack ratchet-small',
      ]);
    });
  }, 30_000);

  test('afresh moves the pointer only while no run is under way', async () => {
    const { loop, incumbent: promoted, lineage: history } = student;
    const script = { 'GET /runs': [runs('ended', 'running'), runs('ended')], 'POST /runs': { body: failed } };
    await whileDeployed(script, async ({ there, file, stack }) => {
      stack.put(keys.registry(loop), { format: 1, loop, incumbent: promoted, history });
      const incumbent = () => stack.artifact(keys.registry(loop)).incumbent;
      const refused = await there(['run', file, '--fresh']);
      const before = incumbent();
      await there(['run', file, '--fresh']);

      expect(refused).toMatchObject({ code: 8, stderr: expect.stringContaining('busy with the run small-5') });
      expect([before, incumbent()]).toEqual([promoted, 'desk-base']);
    });
  }, 30_000);

  test('that was begun with other settings says which', async () => {
    const other = problem(409, 'RequestRefused', 'The run small-7 was begun with other settings.', [
      { path: 'seed', message: 'it was begun with 2' },
    ]);
    await whileDeployed({ 'POST /runs': other }, async ({ there, file }) => {
      const { stderr, code } = await there(['run', file, '--run', run, '--seed', '3']);

      expect(code).toBe(2);
      expect(stderr).toContain('  - The run small-7 was begun with other settings.\n  - seed: it was begun with 2');
    });
  }, 30_000);

  test('of another loop than the stack has is refused, and nothing is staged', async () => {
    await whileDeployed({}, async ({ there, file, stack }) => {
      stack.withOutputs({
        ApiUrl: 'https://a1b2c3.execute-api.eu-west-1.amazonaws.com/v1/',
        Bucket: 'b',
        LoopName: 'desk',
      });
      const { stderr, code } = await there(['run', file]);

      expect(code).toBe(2);
      expect(stderr).toContain(
        'the stack ratchet-small has the loop desk; give the file of desk, or the stack of small',
      );
      expect([...stack.objects.keys()].filter((key) => key.startsWith('loops/'))).toEqual([]);
    });
  }, 30_000);

  test('says what a person is asked, and how to answer; Ctrl-C leaves the run alone', async () => {
    await whileDeployed({ 'POST /runs': { body: waiting } }, async ({ there, file, stack }) => {
      const { stdout, code } = await there(['run', file], (line, child) => {
        if (line.startsWith('Refuse')) child.kill('SIGINT');
      });

      expect(code).toBe(130);
      expect(stdout.slice(2)).toEqual([
        '',
        'Waits      for somebody to agree to the training of round 1, until 2026-11-26 16:31 UTC',
        '           20 pairs are ready to train on. The training may cost $0.50.',
        'Agree      npm run ratchet -- resume small-7 --approve --stack ratchet-small',
        'Refuse     npm run ratchet -- resume small-7 --reject --stack ratchet-small',
        '',
        'The run goes on; nobody follows it any more.',
        'Follow     npm run ratchet -- status small-7 --follow --stack ratchet-small',
        'Stop it    npm run ratchet -- stop small-7 --stack ratchet-small',
      ]);
      expect(stack.requests.map(({ line }) => line)).toEqual(['POST /runs']);
    });
  }, 30_000);
});

describe('resume', () => {
  test('answers the question that the run waits with, and follows it', async () => {
    const script = { [`POST /runs/${run}/approval`]: { body: sampleView() }, [`GET /runs/${run}`]: { body: ended } };
    await whileDeployed(script, async ({ there, stack }) => {
      const { stdout, code } = await there(['resume', run, '--approve', '--note', 'fine']);

      expect(code).toBe(0);
      expect(stack.requests[0]?.body).toEqual({ approved: true, note: 'fine' });
      expect(stdout.at(-1)).toBe('Report     npm run ratchet -- report small-7 --stack ratchet-small');
    });
  }, 30_000);

  test('of the latest run raises its limits first, then goes on with it', async () => {
    const script = {
      'GET /runs?limit=10': { body: { ...runs('ended').body, runs: [{ ...runs('ended').body.runs[0], run }] } },
      [`GET /runs/${run}`]: { body: { ...ended, ending: 'budget-reached' } },
      [`POST /runs/${run}/resume`]: { body: { ...ended, ending: 'budget-reached' } },
    };
    await whileDeployed(script, async ({ there, stack }) => {
      const { stdout, code } = await there(['resume', '--calls', '5000']);

      expect(code).toBe(4);
      expect(stack.artifact(keys.run(run)).loop.budget).toMatchObject({ calls: 5000 });
      expect(stack.requests.at(-1)?.line).toBe(`POST /runs/${run}/resume`);
      expect(stdout).toContain('Go on      npm run ratchet -- resume small-7 --calls 10000 --stack ratchet-small');
    });
  }, 30_000);

  test('of a finished run changes nothing and says what came of it', async () => {
    await whileDeployed({ [`GET /runs/${run}`]: { body: ended } }, async ({ there, stack }) => {
      const { stdout, code } = await there(['resume', run]);

      expect(code).toBe(0);
      expect(stdout).toContain('Incumbent  ft:desk-base:r3');
      expect(stack.requests.map(({ line }) => line)).toEqual([`GET /runs/${run}`]);
    });
  }, 30_000);
});

test('status --follow of a stopped run says what is decided, and how to go on', async () => {
  const stopped = { ...ended, status: 'stopped', ending: null };
  await whileDeployed({ [`GET /runs/${run}`]: { body: stopped } }, async ({ there }) => {
    const { stdout, code } = await there(['status', run, '--follow']);

    expect(code).toBe(130);
    expect(stdout.slice(2, 5)).toEqual([
      '',
      'Round 1  already done',
      '  ↑ promoted         fully right 24.2 % → 57.8 %',
    ]);
    expect(stdout.slice(-2)).toEqual([
      'Stopped. What is paid for is kept.',
      'Go on      npm run ratchet -- resume small-7 --stack ratchet-small',
    ]);
  });
}, 30_000);

/** Rates, spend and times are of this machine. */
function withoutTimes(lines: readonly string[]): string[] {
  return lines.map((line) => line.replace(/^(round 1 .*\d\/\d+) {2}.*/, '$1 …'));
}
