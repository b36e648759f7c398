import { describe, expect, test } from '@jest/globals';
import { palette } from '../../../functions/write-report/style/palette.ts';

/** Which text stands on which surface. */
const texts = [
  ...(['ink', 'muted', 'accent', 'good', 'bad'] as const).flatMap((text) => [
    [text, 'page'] as const,
    [text, 'card'] as const,
  ]),
  ['good', 'good-soft'],
  ['bad', 'bad-soft'],
  ['ink', 'bad-soft'],
  ['muted', 'track'],
  ['ink', 'track'],
] as const;

describe.each([
  ['light', 0],
  ['dark', 1],
] as const)('the %s theme', (_, theme) => {
  test.each(texts)('%s can be read on %s', (text, surface) => {
    expect(contrast(palette[text][theme], palette[surface][theme])).toBeGreaterThanOrEqual(4.5);
  });
});

/** WCAG 2.2 contrast ratio of two `#rrggbb` colors. */
function contrast(one: string, other: string): number {
  const [light, dark] = [luminance(one), luminance(other)].toSorted((a, b) => b - a) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

function luminance(color: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const value = Number.parseInt(color.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
