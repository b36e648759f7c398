import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { count, duration, minute, money, percent, winRate } from '../../bin/figures.ts';
import { hint } from '../../bin/hint.ts';
import { plainTable, summaryOf } from '../../bin/summary.ts';
import { wrap } from '../../bin/wrap.ts';
import type { Report } from '../../core/report.ts';
import { sampleReport } from '../functions/write-report/sample-report.ts';

const linesOf = (report: Report): string[] => stripVTControlCharacters(summaryOf(report)).split('\n');

describe('the summary of a run', () => {
  test('has one aligned line a round', () => {
    const [head, first, , , last] = linesOf(sampleReport());

    expect(head).toBe('round  pairs  fully right, held out  win rate (95 %)     decision');
    expect(first).toMatch(/^1 {6}\d+ +24\.2 % → 57\.8 % +\d+\.\d % \(\d+\.\d–\d+\.\d\) {2}↑ promoted$/);
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

test('long text is broken between words and indented, and stays whole without a terminal', () => {
  expect(wrap('one two three', 2, 10)).toBe('  one two\n  three');
  expect(wrap('one two three', 2, undefined)).toBe('  one two three');
});

test('a hint names the store where it is not the usual one, quoted where a shell needs it', () => {
  expect(hint('resume x', { directory: '.' })).toBe('npm run ratchet -- resume x');
  expect(hint('resume x', { directory: '/tmp/my runs' })).toBe('npm run ratchet -- resume x --store "/tmp/my runs"');
});
