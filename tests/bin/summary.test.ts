import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { count, duration, minute, money, percent, winRate } from '../../bin/figures.ts';
import { hint } from '../../bin/hint.ts';
import { plainTable, summaryOf } from '../../bin/summary.ts';
import { nextStep, whereLines } from '../../bin/tell-end.ts';
import { wrap } from '../../bin/wrap.ts';
import { type Limits, limitsOf } from '../../core/budget.ts';
import type { Report } from '../../core/report.ts';
import { sampleReport } from '../functions/write-report/sample-report.ts';

const linesOf = (report: Report): string[] => stripVTControlCharacters(summaryOf(report)).split('\n');

describe('the summary of a run', () => {
  test('has one aligned line a round', () => {
    const [head, first, , , last] = linesOf(sampleReport());

    expect(head).toBe('round  pairs  fully right, held out  win rate (95 %)     decision');
    expect(first).toMatch(/^1 +\d+ {2}24\.2 % → 57\.8 % +\d+\.\d % \(\d+\.\d–\d+\.\d\) {2}↑ promoted$/);
    expect(last).toMatch(/^4 .* = kept out$/);
    expect(last!.indexOf('=')).toBe(head!.indexOf('decision'));
  });

  test('fits into 80 columns, and so does the longest model id, on a line of its own', () => {
    const report = sampleReport();
    const after = { model: `ft:desk-base:${'a'.repeat(50)}`, checkRate: 1 };
    const lines = linesOf({ ...report, incumbent: { ...report.incumbent, after } });

    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(lines).toContain(`Incumbent  ${after.model}`);
  });

  test('says how much better the new incumbent is, or that the old one stays', () => {
    const report = sampleReport();
    const { before } = report.incumbent;

    expect(linesOf(report)).toContain('Better: 24.2 % → 80.9 % fully right on held-out prompts');
    expect(linesOf({ ...report, incumbent: { before, after: before } })).toContain(
      'The incumbent stays, 24.2 % fully right',
    );
  });

  test('says how many calls of earlier runs it did not have to pay', () => {
    const report = sampleReport();
    const lines = linesOf({ ...report, reused: 1200 });

    expect(lines.at(-1)).toBe('Reused     1,200 calls of earlier runs');
    expect(lines.slice(0, -1)).toEqual(linesOf(report));
  });

  test('of a run without a trainer tells of its dataset, and has no table of rounds', () => {
    const report = sampleReport();
    const rounds = report.rounds.slice(0, 1);
    const lines = linesOf({ ...report, method: null, ending: { name: 'dataset-ready', says: 'It is.' }, rounds });

    expect(lines.slice(0, 4)).toEqual([
      'Dataset: 121 pairs to train on',
      'It is.',
      '',
      `Student    ${report.incumbent.after.model}`,
    ]);
  });

  test('of a run that failed before its first decision is no table, and no success', () => {
    const report = sampleReport();
    const model = { model: 'desk-base', checkRate: null };
    const failed: Report = {
      ...report,
      ending: { name: 'failed', says: 'ProviderOverloaded: busy' },
      incumbent: { before: model, after: model },
      rounds: [],
    };

    expect(linesOf(failed)[0]).toBe('The run failed: the incumbent stays');
  });
});

test.each([
  ['a short time', duration(12.4), '12 s'],
  ['minutes', duration(200), '3 min 20 s'],
  ['hours', duration(7_260), '2 h 1 min'],
  ['cents', money(0.00042), '$0.0004'],
  ['dollars', money(12.345), '$12.35'],
  ['a share', percent(0.3333), '33.3 %'],
  ['a share that nobody measured', percent(null), '—'],
  ['a win rate', winRate({ winRate: 0.7, low: 0.6, high: 0.8 }), '70.0 % (60.0–80.0)'],
  ['a moment', minute('2026-03-02T03:06:42.000Z'), '2026-03-02 03:06'],
  ['one', count(1, 'round'), '1 round'],
  ['many', count(12_345, 'call'), '12,345 calls'],
])('%s is written as people read it', (_, written, expected) => {
  expect(written).toBe(expected);
});

test('a table keeps its columns in line, and no blanks at the ends of lines', () => {
  const table = stripVTControlCharacters(plainTable(['a', 'long head'], [['wide cell', 'x']]));

  expect(table).toBe('a          long head\nwide cell  x');
});

test('numbers in a table stand to the right, and so does their head', () => {
  const rows = [
    ['one', '7'],
    ['all', '1,234'],
  ];

  expect(stripVTControlCharacters(plainTable(['who', 'n'], rows, ['n']))).toBe('who      n\none      7\nall  1,234');
});

test('a run that reached a limit is told how to raise it, also one of a stage', () => {
  const limits = { calls: 150, judging: { usd: 0.5 } };

  expect(nextStep('budget-reached', { run: 'x', limits }, { directory: '.' })).toContain(
    'resume x --calls 300 --limit judging.usd=1\n',
  );
});

const amount = fc.oneof(
  fc.constantFrom(0, 1e-7, 5e-324, 0.1, 0.15000000000000002, 1e21),
  fc.double({ min: 0, max: 1e25, noNaN: true }),
);
const whole = fc.oneof(fc.integer({ min: 1, max: 1000 }), fc.integer({ min: 1, max: 2 ** 52 }));
const limitsGiven = fc.record({ usd: amount, calls: whole, tokens: whole }, { requiredKeys: [] });

test('what a run that reached a limit is told to give is more than it was, and in figures that resume takes', () => {
  fc.assert(
    fc.property(limitsGiven, limitsGiven, (ofRun, judging) => {
      const limits: Limits = { ...ofRun, judging };
      const said = nextStep('budget-reached', { run: 'x', limits }, { directory: '.' }) ?? '';

      for (const { stage, unit, limit } of limitsOf(limits)) {
        const option = stage === undefined ? `--${unit} ` : `--limit ${stage}.${unit}=`;
        const given = said.split(option)[1]?.split(/[ \n]/)[0] ?? '';
        expect(given).toMatch(/^\d+(\.\d+)?$/);
        expect(Number(given)).toBeGreaterThan(limit);
      }
    }),
  );
});

test('the files of a dataset stand below their folder, and so fit into 80 columns', () => {
  const report = sampleReport();
  const lines = whereLines({ ...report, method: null, rounds: report.rounds.slice(0, 1) }, { directory: '.' }).split(
    '\n',
  );
  const folder = `runs/${report.run}/round-1/dataset/`;

  expect(lines.slice(0, 3)).toEqual([
    `Dataset    ${folder}`,
    '           train.openai-preference.jsonl       121 rows',
    '           validation.openai-preference.jsonl  13 rows',
  ]);
  expect(lines.at(-1)).toBe(`Report     runs/${report.run}/report.html`);
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
  expect(whereLines(report, { directory: '.' }).split('\n')).toHaveLength(2);
});

test('long text is broken between words and indented, and stays whole without a terminal', () => {
  expect(wrap('one two three', 2, 10)).toBe('  one two\n  three');
  expect(wrap('one two three', 2, undefined)).toBe('  one two three');
});

test('a hint names the store where it is not the usual one, quoted where a shell needs it', () => {
  expect(hint('resume x', { directory: '.' })).toBe('npm run ratchet -- resume x');
  expect(hint('resume x', { directory: 's3://b', stack: 'ratchet-x' })).toBe(
    'npm run ratchet -- resume x --stack ratchet-x',
  );
  expect(hint('resume x', { directory: '/tmp/my runs' })).toBe('npm run ratchet -- resume x --store "/tmp/my runs"');
});
