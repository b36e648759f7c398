import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { canaryFor, missedTooMany, showsCanary } from '../../../core/judging/canaries.ts';

const keys = Array.from({ length: 5000 }, (_, index) => `run-1 round-1 p-${index}`);

describe('canaries', () => {
  test('are shown for about the share of prompts that was asked for, and always for the same ones', () => {
    const shown = keys.filter((key) => showsCanary(key, 0.2));

    expect(shown.length).toBeGreaterThan(900);
    expect(shown.length).toBeLessThan(1100);
    expect(keys.filter((key) => showsCanary(key, 0.2))).toEqual(shown);
  });

  test('a share of 0 shows none and a share of 1 shows all', () => {
    expect(keys.filter((key) => showsCanary(key, 0))).toEqual([]);
    expect(keys.filter((key) => showsCanary(key, 1))).toEqual(keys);
  });

  test('a larger share shows all that a smaller one shows', () => {
    fc.assert(
      fc.property(fc.string(), fc.double({ min: 0, max: 1, noNaN: true }), (key, share) => {
        if (showsCanary(key, share / 2)) expect(showsCanary(key, share)).toBe(true);
      }),
    );
  });

  test('all kinds are used, and a key has one', () => {
    expect(new Set(keys.map(canaryFor)).size).toBe(4);
    expect(keys.slice(0, 50).map(canaryFor)).toEqual(keys.slice(0, 50).map(canaryFor));
  });

  test.each([
    [0, 0, false],
    [1, 1, false],
    [10, 2, false],
    [9, 2, true],
    [2, 2, true],
  ])('of %d asked, %d missed: too many is %s', (asked, missed, tooMany) => {
    expect(missedTooMany({ asked, missed })).toBe(tooMany);
  });
});
