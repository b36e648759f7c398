import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { keys } from '../../../core/artifact-keys.ts';
import { eventsOf } from '../command-line.ts';
import { whileDeployed } from './deployed-loop.ts';
import { problem } from './fake-stack.ts';
import {
  consoleUrl,
  ended,
  failed,
  progress,
  run,
  samplePair,
  sampleReportOf,
  sampleView,
  student,
  waiting,
} from './sample-views.ts';

const viewOf = (name: string, view = ended) => ({ [`GET /runs/${name}`]: { body: { ...view, run: name } } });

describe('status', () => {
  test('shows the latest runs, the oldest first, and what can be done about the last of them', async () => {
    const entries = ['small-9', 'small-8', run].map((name) => ({
      ...{ run: name, status: 'ended', startedAt: ended.startedAt, stoppedAt: ended.stoppedAt },
    }));
    const script = {
      'GET /runs?limit=20': { body: { runs: entries, next: 'more' } },
      ...viewOf('small-9', sampleView({ decided: ended.decided })),
      ...viewOf('small-8', failed),
      ...viewOf(run),
    };
    await whileDeployed(script, async ({ there }) => {
      const { stdout, stderr, code } = await there(['status']);

      expect(code).toBe(0);
      expect(stdout).toEqual([
        'run      started (UTC)     round  promoted  fully right    spent  ending',
        'small-7  2026-11-25 16:29  1/1           1       57.8 %  $0.3100  finished',
        'small-8  2026-11-25 16:29  1/1           0            —  $0.0000  ProviderRejectedRequest',
        'small-9  2026-11-25 16:29  1/1           1       57.8 %  $0.0000  under way',
        '',
        'Follow     npm run ratchet -- status small-9 --follow --stack ratchet-small',
        'Stop it    npm run ratchet -- stop small-9 --stack ratchet-small',
      ]);
      expect(stderr).toBe('These are the latest 3 runs; earlier ones are shown by name.\n');
    });
  }, 30_000);

  test('of a run that waits says its stage, its counts, what is asked and how to answer', async () => {
    const steps = [progress('sample-responses', 24, 24, 0.01), progress('training', 0, 1, 0)];
    const view = { ...waiting, progress: steps, estimatedEnd: ended.stoppedAt };
    await whileDeployed(viewOf(run, view), async ({ there }) => {
      const { stdout } = await there(['status', run]);

      expect(stdout.slice(2)).toEqual([
        '',
        'Stage      Await approval',
        '           Sample responses      24/24         $0.0100',
        '           Train candidate                              under way',
        'Done by    2026-11-25 16:35 UTC, at the pace so far',
        'Waits      for somebody to agree to the training of round 1, until 2026-11-26 16:31 UTC',
        '           20 pairs are ready to train on. The training may cost $0.50.',
        'Agree      npm run ratchet -- resume small-7 --approve --stack ratchet-small',
        'Refuse     npm run ratchet -- resume small-7 --reject --stack ratchet-small',
        `Console    ${consoleUrl}`,
        '',
        'Follow     npm run ratchet -- status small-7 --follow --stack ratchet-small',
        'Stop it    npm run ratchet -- stop small-7 --stack ratchet-small',
      ]);
    });
  }, 30_000);

  test('of a failed run says the state, the error and the line of the log', async () => {
    await whileDeployed(viewOf(run, failed), async ({ there }) => {
      const { stdout } = await there(['status', run]);

      expect(stdout.slice(2, 7)).toEqual([
        '',
        'ProviderRejectedRequest: The student refuses the request (404): there is no model desk-bass.',
        'State      Start training',
        'Log        start-training: ProviderRejectedRequest: there is no model desk-bass.',
        `Console    ${consoleUrl}`,
      ]);
    });
  }, 30_000);

  test('in JSON has the fields of a run here, and what the API says', async () => {
    await whileDeployed(viewOf(run), async ({ there }) => {
      const [status] = eventsOf(await there(['status', run, '--json']));

      expect(status).toMatchObject({ run, round: 1, rounds: 1, promotions: 1, ending: 'finished', view: ended });
    });
  }, 30_000);

  test('of an unknown run is refused in the words of the API', async () => {
    const unknown = problem(404, 'RequestRefused', 'There is no run small-1 of this loop.');
    await whileDeployed({ 'GET /runs/small-1': unknown }, async ({ there }) => {
      const { stderr, code } = await there(['status', 'small-1']);

      expect(code).toBe(2);
      expect(stderr).toContain('There is no run small-1 of this loop.');
    });
  }, 30_000);
});

test('models shows the lineage as it does here; another loop than that of the stack is refused', async () => {
  await whileDeployed({ 'GET /student': { body: student } }, async ({ there }) => {
    const [said, json, other] = [
      await there(['models']),
      await there(['models', '--json']),
      await there(['models', 'desk']),
    ];

    expect(said.stdout).toEqual([
      'small',
      '',
      '· desk-base',
      '  2026-11-25 16:29  the base student',
      '↑ ft:desk-base:r1',
      '  2026-11-25 16:35  small-7, round 1, won 74.1 % (67.0–74.6), 57.8 % fully right',
      '',
      'Incumbent  ft:desk-base:r1',
    ]);
    expect(JSON.parse(json.stdout.join(''))).toEqual({
      ...{ format: 1, loop: 'small', incumbent: student.incumbent },
      history: student.lineage,
    });
    expect(other).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('the loop of the stack ratchet-small is small'),
    });
  });
}, 30_000);

test('rollback says where the pointer was and is, and hands on the reason', async () => {
  const script = {
    'GET /student': { body: student },
    'POST /student/rollback': { body: { ...student, incumbent: 'desk-base' } },
  };
  await whileDeployed(script, async ({ there, stack }) => {
    const { stdout, code } = await there(['rollback', '--to', 'desk-base', '--reason', 'a test']);

    expect({ stdout, code }).toEqual({ stdout: ['small: ft:desk-base:r1 → desk-base'], code: 0 });
    expect(stack.requests.at(-1)?.body).toEqual({ to: 'desk-base', reason: 'a test' });
  });
}, 30_000);

test('pairs goes through as many pages as are wanted, and shows both responses with their critiques', async () => {
  const pairs = Array.from({ length: 100 }, (_, index) => samplePair(`desk-${index}`));
  const script = {
    [`GET /runs/${run}/pairs?limit=100`]: { body: { round: 1, pairs, next: 'abc' } },
    [`GET /runs/${run}/pairs?round=1&limit=1&next=abc`]: {
      body: { round: 1, pairs: [samplePair('last')], next: 'def' },
    },
  };
  await whileDeployed(script, async ({ there }) => {
    const { stdout, code } = await there(['pairs', run, '--limit', '101']);

    expect(code).toBe(0);
    expect(stdout[0]).toBe('small-7  round 1');
    expect(stdout.slice(-9)).toEqual([
      '',
      'last  decided by the teacher, margin 0.84',
      'Prompt     My kettle is broken.',
      'Chosen     I am sorry about your kettle. We send a new one today.',
      '           Says what happens next.',
      'Rejected   Whatever.',
      '           Rude.',
      '',
      'More       npm run ratchet -- pairs small-7 --limit 505 --stack ratchet-small',
    ]);
  });
}, 30_000);

describe('report', () => {
  const { rounds: _, ...rest } = sampleReportOf(run);
  const latest = { runs: [{ run, status: 'ended', startedAt: ended.startedAt, stoppedAt: null }], next: null };
  const linkTo = (url: string) => ({
    'GET /runs?limit=10': { body: latest },
    [`GET /runs/${run}/report`]: { body: { url, expiresAt: '2026-11-25T17:00:00.000Z', report: rest } },
  });
  const link = 'https://small-bucket.s3.amazonaws.com/report.html?X-Amz-Signature=1';

  test('of the latest run is the table, and a link to the page', async () => {
    await whileDeployed(linkTo(link), async ({ there }) => {
      const { stdout, code } = await there(['report']);

      expect(code).toBe(0);
      expect(stdout[1]).toBe('1        137  24.2 % → 57.8 %        78.7 % (73.1–84.3)  ↑ promoted');
      expect(stdout.slice(-3)).toEqual([
        'Dataset    s3://small-bucket/runs/small-7/round-1/dataset/',
        `Report     ${link}`,
        '           until 2026-11-25 17:00 UTC',
      ]);
    });
  }, 30_000);

  test('with -o saves the page that the link leads to', async () => {
    const script: Record<string, { body: unknown }> = {};
    await whileDeployed(script, async ({ there, stack, directory }) => {
      const file = join(directory, 'report.html');
      stack.put('page.html', 'The page');
      Object.assign(script, linkTo(`${stack.url}/small-bucket/page.html`));
      const { stdout, code } = await there(['report', run, '-o', file]);

      expect(code).toBe(0);
      expect(stdout.at(-1)).toBe(`Report     ${file}`);
      expect(await readFile(file, 'utf8')).toBe('"The page"');
    });
  }, 30_000);

  test('says in words what came of it where the bucket is closed to whoever asks, and why there is no table', async () => {
    await whileDeployed(linkTo(link), async ({ there, stack }) => {
      stack.closeBucket();
      const { stdout, stderr, code } = await there(['report', run]);

      expect(code).toBe(0);
      expect(stdout).toEqual([
        'The round was run; it promoted a new student.',
        '',
        `Report     ${link}`,
        '           until 2026-11-25 17:00 UTC',
      ]);
      expect(stderr).toContain(`s3://small-bucket/${keys.report(run)}`);
    });
  }, 30_000);
});

test('stop hands on the reason, and says how to go on; of a run that is over it says so', async () => {
  const script = {
    [`POST /runs/${run}/stop`]: { body: { ...ended, status: 'stopped', ending: null } },
    'POST /runs/small-8/stop': { body: { ...failed, run: 'small-8' } },
  };
  await whileDeployed(script, async ({ there, stack }) => {
    const stopped = await there(['stop', run, '--reason', 'too dear']);
    const over = await there(['stop', 'small-8']);

    expect(stack.requests[0]?.body).toEqual({ reason: 'too dear' });
    expect(stopped.stdout).toEqual([
      'small-7 is stopped. What is paid for is kept.',
      'Go on      npm run ratchet -- resume small-7 --stack ratchet-small',
    ]);
    expect(over.stdout).toEqual(['small-8 is over already: ProviderRejectedRequest.']);
  });
}, 30_000);
