import { describe, expect, test } from '@jest/globals';
import {
  count,
  duration,
  moment,
  percentPair,
  pointsBetween,
  powerOfTen,
  reasonInWords,
  usd,
} from '../../../functions/write-report/numbers.ts';

const plain = (text: string) => text.replaceAll('\u00a0', ' ');

describe('numbers in words', () => {
  test.each([
    [0.2422, 0.8086, '24 %', '81 %'],
    [0.801, 0.804, '80.1 %', '80.4 %'],
    [0.5, 0.5, '50 %', '50 %'],
  ])('%d and %d can be told apart', (from, to, ...expected) => {
    expect(percentPair(from, to).map(plain)).toEqual(expected);
  });

  test.each([
    [0.24, 0.81, '+57 points'],
    [0.81, 0.48, '−33 points'],
    [0.8, 0.805, '+0.5 points'],
    [0.8, 0.8, '±0.0 points'],
  ])('from %d to %d', (from, to, expected) => {
    expect(plain(pointsBetween(from, to))).toBe(expected);
  });

  test.each([
    [0, 'USD 0.00'],
    [0.00001, '< USD 0.0001'],
    [0.0042, 'USD 0.0042'],
    [0.99999, 'USD 1.0000'],
    [1234.5, 'USD 1,234.50'],
  ])('%d US dollars', (amount, expected) => {
    expect(plain(usd(amount))).toBe(expected);
  });

  test('thousands are set apart', () => {
    expect([0, 999, 1000, 1234567].map(count)).toEqual(['0', '999', '1,000', '1,234,567']);
  });

  test.each([
    [0, '1'],
    [2, '100'],
    [-2, '0.01'],
    [3, '10³'],
    [-12, '10⁻¹²'],
  ])('the tick of 10 to the %d', (log10, expected) => {
    expect(powerOfTen(log10)).toBe(expected);
  });

  test('a reason loses its hyphens', () => {
    expect(reasonInWords('fewer-than-two-responses')).toBe('fewer than two responses');
  });
});

describe('times', () => {
  test.each([
    ['2026-03-02T03:00:42Z', '42 s'],
    ['2026-03-02T03:03:05Z', '3 min 5 s'],
    ['2026-03-02T05:10:59Z', '2 h 10 min'],
    ['2026-03-02T02:00:00Z', '–'],
    ['soon', '–'],
  ])('until %s', (finishedAt, expected) => {
    expect(plain(duration('2026-03-02T03:00:00Z', finishedAt))).toBe(expected);
  });

  test('are in UTC, and what is no time stays as it is', () => {
    expect(moment('2026-03-02T04:00:00+01:00')).toBe('2026-03-02 03:00 UTC');
    expect(moment('yesterday')).toBe('yesterday');
  });
});
