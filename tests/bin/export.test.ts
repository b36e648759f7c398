import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventsOf, type Outcome, ratchet } from './command-line.ts';
import { smallLoop } from './small-loop.ts';

let directory: string;
let file: string;
let run: Outcome;

beforeAll(async () => {
  // JSON leaves undefined out.
  ({ directory, file } = await smallLoop({ trainer: undefined }));
  run = await here('run', file);
}, 120_000);

afterAll(async () => {
  await rm(directory, { recursive: true, force: true });
});

const here = (...words: string[]) => ratchet([...words, '--store', directory]);
const dataset = () => join(directory, 'runs/small-1/round-1/dataset');
const rowsIn = async (path: string) => (await readFile(path, 'utf8')).trimEnd().split('\n');

describe('a run without a trainer', () => {
  test('ends well, and names each file of its dataset, with its rows', async () => {
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(run.stdout[0]).toBe('small-1  dataset only, seed 2');
    expect(run.stdout.join('\n')).not.toMatch(/Train candidate|Evaluate candidate|fully right|Incumbent|held-out/);

    const { length } = await rowsIn(join(dataset(), 'train.jsonl'));
    expect(run.stdout).toContain(`Dataset: ${length} pairs to train on`);
    const line = (name: string) => run.stdout.find((each) => each.startsWith(`           ${name}`));
    expect(run.stdout).toContain(`Dataset    ${dataset()}/`);
    expect(line('train.openai-preference.jsonl')).toMatch(new RegExp(` ${length} rows$`));
    expect(line('train.sft.jsonl')).toMatch(new RegExp(` ${length} rows$`));
  });

  test('is over: resumed it says the same again, and its status has no promotions', async () => {
    const resumed = await here('resume');

    expect(resumed.code).toBe(0);
    expect(resumed.stdout.slice(1)).toEqual(run.stdout.slice(run.stdout.indexOf(resumed.stdout[1]!)));
    expect((await here('status')).stdout[1]).toMatch(/^small-1 .* 1\/1 +— +— +\$\d\.\d+ +dataset-ready$/);
  });

  test.each(['run', 'estimate'])('has one round, whatever %s asks for', async (command) => {
    const asked = await here(command, file, '--rounds', '3');

    expect([asked.code, asked.stdout]).toEqual([2, []]);
    expect(asked.stderr).toContain('--rounds: the loop has no trainer');
  });
});

describe('export', () => {
  test('says where the files of the latest run are and what they hold', async () => {
    const { code, stdout } = await here('export');

    expect(code).toBe(0);
    expect(stdout[0]).toMatch(/\/runs\/small-1\/round-1\/dataset\/train\.openai-preference\.jsonl {2}\d+ rows$/);
    expect(
      stdout.map((line) => line.split(/dataset\/|\.jsonl/)[1]).filter((name) => name!.startsWith('train')),
    ).toEqual(['train.openai-preference', 'train.trl-preference', 'train.sft']);
  });

  test('copies the files of one format, line by line the same', async () => {
    const to = join(directory, 'for trl');

    const [first] = eventsOf(await here('export', 'small-1', '--format', 'trl', '--to', to, '--json'));

    const copied = await rowsIn(join(to, 'train.trl-preference.jsonl'));
    expect(first).toEqual({
      format: 'trl-preference',
      split: 'train',
      rows: copied.length,
      file: join(to, 'train.trl-preference.jsonl'),
    });
    expect(copied).toEqual(await rowsIn(join(dataset(), 'train.trl-preference.jsonl')));
    await expect(readFile(join(to, 'train.sft.jsonl'))).rejects.toThrow('ENOENT');
  });

  test.each([
    [['--format', 'csv'], '--format: give one of openai, trl, sft, all'],
    [['--round', '2'], 'it has no dataset of round 2'],
    [['small-7'], 'there is no such run here; there are: small-1'],
  ])('%j is refused', async (words, message) => {
    const { code, stderr } = await here('export', ...words);

    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });
});
