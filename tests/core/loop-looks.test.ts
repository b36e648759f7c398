import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { secondsToNextLook } from '../../core/loop.ts';

describe('looks at a training job', () => {
  test('come each pollSeconds at first, and each twentieth of its age later', () => {
    const trainer = { pollSeconds: 60 };

    expect([0, 60, 1200, 1219].map((age) => secondsToNextLook(trainer, age))).toEqual([60, 60, 60, 60]);
    expect(secondsToNextLook(trainer, 24 * 3600)).toBe(72 * 60);
  });

  test('are whole seconds apart, never fewer than pollSeconds, and late by a twentieth at most', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 3600 }),
        fc.double({ min: 0, max: 336 * 3600, noNaN: true }),
        (poll, age) => {
          const wait = secondsToNextLook({ pollSeconds: poll }, age);

          expect(Number.isInteger(wait)).toBe(true);
          expect(wait).toBeGreaterThanOrEqual(poll);
          expect(wait).toBeLessThanOrEqual(Math.max(poll, age / 20));
        },
      ),
    );
  });
});
