import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { along, roundScale, scaleUpTo } from '../../../functions/write-report/charts/axes.ts';

describe('a scale of round numbers', () => {
  test.each<[number, number, number[]]>([
    [0, 13.5, [0, 3, 6, 9, 12, 15]],
    [-7.7, 1.9, [-8, -6, -4, -2, 0, 2]],
    [0, 0.4, [0, 1]],
    [0, 0, [0, 1]],
  ])('from %d to %d has the ticks %j', (low, high, ticks) => {
    expect(roundScale(low, high).ticks).toEqual(ticks);
  });

  test('holds everything, with three to ten ticks of equal distance where there is room for them', () => {
    fc.assert(
      fc.property(fc.integer({ min: -4000, max: 0 }), fc.integer({ min: 50, max: 4000 }), (lowTenths, highTenths) => {
        const [low, high] = [lowTenths / 10, highTenths / 10];
        const scale = roundScale(low, high);
        const gaps = scale.ticks.slice(1).map((tick, index) => tick - scale.ticks[index]!);

        expect(scale.low).toBeLessThanOrEqual(low);
        expect(scale.high).toBeGreaterThanOrEqual(high);
        expect(scale.ticks[0]).toBeCloseTo(scale.low);
        expect(scale.ticks.at(-1)).toBeCloseTo(scale.high);
        expect(Math.max(...gaps) - Math.min(...gaps)).toBeLessThan(1e-9);
        expect(scale.ticks.length).toBeGreaterThanOrEqual(3);
        expect(scale.ticks.length).toBeLessThanOrEqual(10);
      }),
    );
  });
});

test('a scale up to the last prompt ends there, and its ticks before', () => {
  expect(scaleUpTo(256)).toEqual({ low: 0, high: 256, ticks: [0, 50, 100, 150, 200, 250] });
  expect(scaleUpTo(0)).toEqual({ low: 0, high: 0, ticks: [0] });
});

test('a value is as far along in pixels as on its scale; without any width it is at the start', () => {
  expect([0, 64, 256].map(along(scaleUpTo(256), 44, 344))).toEqual([44, 119, 344]);
  expect(along(scaleUpTo(0), 44, 344)(0)).toBe(44);
});
