import { type Html, html } from '../html.ts';
import { color } from '../style/palette.ts';

/** In pixels of the drawing, from its upper left corner. */
export type Place = readonly [x: number, y: number];

export interface Stroke {
  readonly color: string;
  readonly width: number;
  /** Such as `6,3`; without it the line is whole. */
  readonly dashes?: string | undefined;
}

export function line(places: readonly Place[], { color, width, dashes }: Stroke): Html {
  const dash = dashes && html` stroke-dasharray="${dashes}"`;
  return html`<path d="${pathOf(places)}" fill="none" stroke="${color}" stroke-width="${width}"${dash} stroke-linejoin="bevel"></path>`;
}

export function area(places: readonly Place[], fill: string, opacity: number): Html {
  return html`<path d="${pathOf(places)}Z" fill="${fill}" fill-opacity="${opacity}"></path>`;
}

interface Body {
  readonly radius: number;
  readonly fill: string;
  readonly border: string;
  readonly borderWidth: number;
}

export function circle([x, y]: Place, { radius, fill, border, borderWidth }: Body): Html {
  return html`<circle cx="${tenths(x)}" cy="${tenths(y)}" r="${radius}" fill="${fill}" stroke="${border}" stroke-width="${borderWidth}"></circle>`;
}

export function diamond([x, y]: Place, { radius, fill, border, borderWidth }: Body): Html {
  const corners = pathOf([
    [x, y - radius],
    [x + radius, y],
    [x, y + radius],
    [x - radius, y],
  ]);
  return html`<path d="${corners}Z" fill="${fill}" stroke="${border}" stroke-width="${borderWidth}"></path>`;
}

export interface LabelStyle {
  readonly anchor?: 'start' | 'middle' | 'end' | undefined;
  readonly color?: string | undefined;
  readonly size?: number | undefined;
  /** Heavier, and with a rim: readable where a line runs through it. */
  readonly strong?: boolean | undefined;
}

/** One line of text; its place is the middle of its height. */
export function label(says: string, [x, y]: Place, style: LabelStyle = {}): Html {
  const { anchor = 'middle', size = fontSize, strong } = style;
  const rim = html` paint-order="stroke" stroke="${color('card')}" stroke-width="4" stroke-miterlimit="2"`;
  const font = `font-size:${size}px;font-family:inherit;${strong ? 'font-weight:600;' : ''}`;
  return html`<text x="${tenths(x)}" y="${tenths(y)}" dominant-baseline="central" text-anchor="${anchor}" style="${font}" fill="${style.color ?? color('muted')}"${strong && rim}>${says}</text>`;
}

export const fontSize = 12;

/** About; letters differ. */
export function widthOf(says: string): number {
  return says.length * 6.5;
}

function pathOf(places: readonly Place[]): string {
  return `M${places.map(([x, y]) => `${tenths(x)} ${tenths(y)}`).join('L')}`;
}

function tenths(pixels: number): number {
  return Math.round(pixels * 10) / 10;
}
