import { color } from '../style/palette.ts';

export const fontSize = 12;
export const text = { color: color('muted'), fontSize };
const hairline = { lineStyle: { color: color('line'), width: 1 } };

/** Common to every value axis: quiet grid lines, no axis line, no ticks. */
export const quietAxis = {
  type: 'value',
  axisLine: { show: false },
  axisTick: { show: false },
  axisLabel: text,
  splitLine: hairline,
} as const;

export const percentAxis = {
  ...quietAxis,
  min: 0,
  max: 100,
  interval: 25,
  axisLabel: { ...text, formatter: '{value} %' },
} as const;

export function categoryAxis(labels: readonly string[]) {
  return {
    type: 'category',
    data: [...labels],
    axisLine: hairline,
    axisTick: { show: false },
    axisLabel: { ...text, lineHeight: 16, margin: 10, interval: 'auto', hideOverlap: true },
  } as const;
}

/** A straight line between two points, in the order drawn. */
export function straightLine(
  from: readonly [number, number],
  to: readonly [number, number],
  lineStyle: { readonly color: string; readonly width: number; readonly type?: 'dashed' | 'solid' },
) {
  return { type: 'line', data: [from, to], symbol: 'none', silent: true, clip: false, lineStyle } as const;
}
