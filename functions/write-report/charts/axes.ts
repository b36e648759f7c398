import { type Html, html } from '../html.ts';
import { color } from '../style/palette.ts';
import { label, line, type Place } from './marks.ts';

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Where the data are drawn, in pixels from the upper left corner of the drawing. */
export interface Plot {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

export interface Scale {
  readonly low: number;
  readonly high: number;
  readonly ticks: readonly number[];
}

/** About five ticks at round numbers, and room for all that lies between two of them. */
export function roundScale(low: number, high: number): Scale {
  const step = Math.max(1, roundStep(high - low));
  const [first, last] = [Math.floor(low / step), Math.max(Math.ceil(high / step), Math.floor(low / step) + 1)];
  return { low: first * step, high: last * step, ticks: steps(first, last, step) };
}

/** Like it, and ends where the data do. */
export function scaleUpTo(high: number): Scale {
  const step = roundStep(high);
  return { low: 0, high, ticks: steps(0, Math.floor(high / step), step) };
}

function roundStep(span: number): number {
  const fifth = Math.max(span, 1) / 5;
  const power = 10 ** Math.floor(Math.log10(fifth));
  const digit = fifth / power;
  return power * (digit < 1.5 ? 1 : digit < 2.5 ? 2 : digit < 4 ? 3 : digit < 7 ? 5 : 10);
}

function steps(first: number, last: number, step: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => (first + index) * step);
}

/** From a value to its pixel. */
export function along({ low, high }: Scale, from: number, to: number): (value: number) => number {
  return (value) => (high === low ? from : from + ((value - low) / (high - low)) * (to - from));
}

/** The ticks of a vertical axis: quiet lines across the plot, and a label each at its left. */
export function levels({ left, right, top, bottom }: Plot, scale: Scale, says: (value: number) => string): Html {
  const y = along(scale, bottom, top);
  const hairline = { color: color('line'), width: 1 };
  const across = (at: number): Place[] => [
    [left, crisp(at)],
    [right, crisp(at)],
  ];
  return html`${scale.ticks.map((tick) => line(across(y(tick)), hairline))}${scale.ticks.map((tick) =>
    label(says(tick), [left - 8, y(tick)], { anchor: 'end' }),
  )}`;
}

/** A line of one pixel is sharp between two pixels. */
function crisp(at: number): number {
  return Math.floor(at) + 0.5;
}
