import { readFile, readlink, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { preferencePairSchema } from '../../core/pairs/preference-pair.ts';
import { registrySchema } from '../../core/registry.ts';
import { type Report, reportSchema } from '../../core/report.ts';
import { directoryStore } from '../../providers/directory/store.ts';
import { eventsOf, type Outcome, ratchet } from './command-line.ts';
import { smallLoop } from './small-loop.ts';

let directory: string;
let file: string;
let run: Outcome;

beforeAll(async () => {
  ({ directory, file } = await smallLoop());
  run = await here('run', file);
}, 120_000);

afterAll(async () => {
  await rm(directory, { recursive: true, force: true });
});

describe('run', () => {
  test('ends with exit code 0, and writes nothing to standard error', () => {
    expect(run).toMatchObject({ code: 0, stderr: '' });
  });

  test('without a terminal says each step in one plain line, without colours', () => {
    const text = run.stdout.join('\n');

    expect(run.stdout[0]).toBe('small-1  1 round of dpo, seed 2');
    expect(run.stdout.filter((line) => line.startsWith('round 1  ')).map((line) => line.slice(9, 27).trim())).toEqual([
      'Sample responses',
      'Judge responses',
      'Train candidate',
      'Evaluate candidate',
    ]);
    expect(text).toContain('24/24');
    expect(text).not.toContain('\u001b');
  });

  test('ends with the table, the incumbent, what was spent and where the report is', async () => {
    const { incumbent } = await reportOf('small-1');

    expect(run.stdout).toContainEqual(expect.stringMatching(/^1 +\d+ .* % → .* % .*↑ promoted$/));
    expect(run.stdout).toContain(`Incumbent  ${incumbent.after.model}`);
    expect(run.stdout).toContainEqual(
      expect.stringMatching(/^Spent {6}[\d,]+ calls, [\d,]+ tokens, \$0\.\d{4}, \d+ s$/),
    );
    expect(run.stdout.at(-1)).toBe(`Report     ${join(directory, 'runs/small-1/report.html')}`);
  });

  test('reports every figure of the round, and the incumbent before and after', async () => {
    const { rounds, incumbent } = await reportOf('small-1');
    const [round] = rounds;
    const { responses, verdicts, pairs, ...counts } = round!.labels;
    const { winRate, low, high, prompts } = round!.evaluation!;

    expect(incumbent.before.checkRate).toBe(round!.heldOut!.incumbent.checkRate);
    expect(incumbent.after.checkRate).toBe(round!.heldOut!.candidate.checkRate);
    expect(incumbent.after.checkRate).toBeGreaterThan(incumbent.before.checkRate!);
    expect([low <= winRate, winRate <= high, prompts]).toEqual([true, true, 24]);
    expect(round!.decision).toMatchObject({ promote: true, reasons: [expect.any(String), expect.any(String)] });
    expect(responses).toBe(24 * 4);
    expect(verdicts).toBeGreaterThan(pairs);
    expect(counts).toMatchObject({
      abstentions: expect.any(Number),
      ties: expect.any(Number),
      orderConflicts: expect.any(Number),
    });
    for (const figure of Object.values(round!.usage)) expect(figure).toBeGreaterThan(0);
  });

  test('points runs/latest at the run, and draws its page', async () => {
    expect(await readlink(join(directory, 'runs/latest'))).toBe('small-1');
    expect((await stat(join(directory, 'runs/latest/report.html'))).size).toBeGreaterThan(1_000);
  });

  test('refuses the name of a run that was begun with other settings', async () => {
    const refused = await here('run', file, '--run', 'small-1', '--seed', '3');

    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('it was begun with other settings');
  });
});

describe('resume', () => {
  test('of a finished run changes nothing and says what came of it', async () => {
    const before = await reportOf('small-1');
    const resumed = await here('resume', 'small-1');

    expect(resumed).toMatchObject({ code: 0, stderr: '' });
    expect(resumed.stdout).toContain(`Incumbent  ${before.incumbent.after.model}`);
    expect(await reportOf('small-1')).toEqual(before);
  });

  test('with an approval is refused where the run waits for none', async () => {
    const refused = await here('resume', '--approve');

    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('does not wait for an approval') });
  });
});

describe('status', () => {
  test('shows a run in one line', async () => {
    const { stdout, code } = await here('status');

    expect(code).toBe(0);
    expect(stdout).toHaveLength(2);
    expect(stdout[1]).toMatch(/^small-1 .* 1\/1 +1 .* finished$/);
  });

  test('in JSON is one object a run', async () => {
    const [status, ...more] = eventsOf(await here('status', 'small-1', '--json'));

    expect(more).toEqual([]);
    expect(status).toMatchObject({ run: 'small-1', round: 1, rounds: 1, promotions: 1, ending: 'finished' });
  });

  test('shows the runs that it can read when another one is broken, and names that one', async () => {
    await directoryStore(directory).write('runs/broken/run.json', '{}');
    const { stdout, stderr, code } = await here('status');
    await rm(join(directory, 'runs/broken'), { recursive: true });

    expect(code).toBe(0);
    expect(stdout[1]).toMatch(/^small-1 /);
    expect(stderr).toContain('runs/broken/run.json');
  });
});

test('report says what run said, and in JSON is the whole report', async () => {
  const said = await here('report');
  const [report] = eventsOf(await here('report', 'small-1', '--json'));

  expect(run.stdout.slice(-said.stdout.length)).toEqual(said.stdout);
  expect(report).toEqual(await reportOf('small-1'));
});

test('report --output saves the page', async () => {
  const file = join(directory, 'saved.html');
  const said = await here('report', '-o', file);

  expect(said.stdout.at(-1)).toBe(`Report     ${file}`);
  expect(await readFile(file, 'utf8')).toBe(await readFile(join(directory, 'runs/small-1/report.html'), 'utf8'));
});

test('pairs shows what was chosen and rejected, at most as many as are wanted, and in JSON each pair', async () => {
  const said = await here('pairs', '--limit', '2');
  const pairs = eventsOf(await here('pairs', 'small-1', '--round', '1', '--limit', '1000', '--json'));
  const none = await here('pairs', '--round', '2');
  const { labels } = (await reportOf('small-1')).rounds[0]!;
  const first = preferencePairSchema.parse(pairs[0]);

  expect(said).toMatchObject({ code: 0, stderr: '' });
  expect(said.stdout[0]).toBe('small-1  round 1');
  expect(said.stdout.filter((line) => line.startsWith('Chosen'))).toHaveLength(2);
  expect(said.stdout).toContain(`Rejected   ${first.rejected.text}`);
  expect(said.stdout.at(-1)).toBe(`More       npm run ratchet -- pairs small-1 --limit 10 --store ${directory}`);
  expect(pairs).toHaveLength(labels.pairs);
  expect(none).toMatchObject({ code: 2, stderr: expect.stringContaining('it has no pairs of round 2') });
});

test('models shows the lineage with the evidence of the promotion', async () => {
  const { incumbent, rounds } = await reportOf('small-1');
  const { stdout, code } = await here('models');
  const won = (rounds[0]!.evaluation!.winRate * 100).toFixed(1);

  expect(code).toBe(0);
  expect(stdout).toContain('· desk-base');
  expect(stdout).toContain(`↑ ${incumbent.after.model}`);
  expect(stdout).toContainEqual(expect.stringContaining(`small-1, round 1, won ${won} %`));
  expect(stdout.at(-1)).toBe(`Incumbent  ${incumbent.after.model}`);
});

test('rollback moves the pointer to the student before, and with --to to any one of the lineage', async () => {
  const { incumbent } = await reportOf('small-1');
  const { before, after } = { before: incumbent.before.model, after: incumbent.after.model };

  const back = await here('rollback', '--reason', 'a test');
  expect(back).toMatchObject({ code: 0, stdout: [`small: ${after} → ${before}`] });
  expect((await registry()).history.at(-1)).toMatchObject({ how: 'rollback', model: before, reason: 'a test' });

  const forward = eventsOf(await here('rollback', 'small', '--to', after, '--json'));
  expect(forward).toEqual([{ loop: 'small', before, incumbent: after }]);
  expect((await registry()).incumbent).toBe(after);

  const nowhere = await here('rollback', '--to', 'desk-bass');
  expect(nowhere).toMatchObject({ code: 2, stderr: expect.stringContaining('desk-bass is not in its lineage') });
  expect((await registry()).incumbent).toBe(after);
});

test('--verbose logs each step to standard error, and leaves standard output to the results', async () => {
  const again = await smallLoop({ pairs: { minimum: 500 } });
  const outcome = await ratchet(['run', again.file, '--store', again.directory, '--json', '--verbose']);
  await rm(again.directory, { recursive: true });

  expect(outcome.code).toBe(3);
  expect(eventsOf(outcome).at(-1)).toMatchObject({ event: 'end', ending: 'nothing-to-learn' });
  const services = outcome.stderr.split('\n').map((line) => /"service": "([a-z-]+)"/.exec(line)?.[1]);
  expect(services).toEqual(
    expect.arrayContaining(['plan-run', 'sample-responses', 'assemble-dataset', 'write-report']),
  );
});

test('sandbox serves until it is interrupted, and says where', async () => {
  let served: Promise<unknown> | undefined;
  const { code } = await ratchet(['sandbox', '--port', '0', '--store', directory, '--json'], (line, child) => {
    served = modelsAt(JSON.parse(line).url).finally(() => child.kill('SIGINT'));
  });

  expect(code).toBe(0);
  expect(await served).toContain('desk-base');
});

async function modelsAt(url: string): Promise<string[]> {
  const { data } = (await (await fetch(`${url}/models`)).json()) as { data: { id: string }[] };
  return data.map(({ id }) => id);
}

function here(...words: string[]): Promise<Outcome> {
  return ratchet([...words, '--store', directory]);
}

async function reportOf(name: string): Promise<Report> {
  const { body } = (await directoryStore(directory).read(`runs/${name}/report.json`))!;
  return reportSchema.parse(JSON.parse(body));
}

async function registry() {
  const { body } = (await directoryStore(directory).read('loops/small/registry.json'))!;
  return registrySchema.parse(JSON.parse(body));
}
