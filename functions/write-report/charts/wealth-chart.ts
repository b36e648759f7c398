import type { Decision, Evaluation } from '../../../core/report.ts';
import { type Html, html } from '../html.ts';
import { count, powerOfTen } from '../numbers.ts';
import { color } from '../style/palette.ts';
import { along, levels, type Plot, roundScale, type Scale, scaleUpTo } from './axes.ts';
import { chart } from './draw-chart.ts';
import { area, circle, label, line, type Place, widthOf } from './marks.ts';

const size = { width: 360, height: 210 };

/** The wealth of the e-process on a log scale, against the line it had to reach; one size reads well everywhere. */
export function wealthChart(wealth: Evaluation['wealth'], alpha: Decision['alpha'] | undefined, says: string): Html {
  const needed = alpha ? -Math.log10(alpha) : undefined;
  const heights = [0, ...wealth.map(([, log10]) => log10), ...(needed === undefined ? [] : [needed])];
  const vertical = roundScale(Math.min(...heights), Math.max(...heights));
  const horizontal = scaleUpTo(wealth.at(-1)?.[0] ?? 0);
  const plot = { left: leftOf(vertical), right: size.width - 16, top: 22, bottom: size.height - 42 };
  const x = along(horizontal, plot.left, plot.right);
  const y = along(vertical, plot.bottom, plot.top);
  return chart(
    says,
    size,
    html`${levels(plot, vertical, powerOfTen)}${promptsSeen(plot, horizontal)}${curve(
      wealth.map(([seen, log10]) => [x(seen), y(log10)]),
      y(0),
    )}${needed !== undefined && neededLine(plot, y(needed), needed)}`,
  );
}

/** Superscripts are wider than they look. */
function leftOf({ ticks }: Scale): number {
  const raised = Math.max(...ticks.map((tick) => powerOfTen(tick).replaceAll(/[\d.]/g, '').length));
  return Math.max(44, 24.4 + 12 * raised);
}

function promptsSeen(plot: Plot, scale: Scale): Html {
  const x = along(scale, plot.left, plot.right);
  const last = scale.ticks.at(-1) ?? 0;
  const hasRoom = x(scale.high) - x(last) > (widthOf(count(last)) + widthOf(count(scale.high))) / 2;
  const labelled = hasRoom ? [...scale.ticks, scale.high] : scale.ticks;
  return html`${labelled.map((tick) => label(count(tick), [x(tick), plot.bottom + 14]))}${label(
    'held-out prompts seen',
    [(plot.left + plot.right) / 2, plot.bottom + 32],
  )}`;
}

function curve(places: readonly Place[], ground: number): Html {
  const accent = color('accent');
  const [first, last] = [places[0], places.at(-1)];
  if (!first || !last) return html``;
  if (places.length === 1) return circle(first, { radius: 3, fill: accent, border: 'none', borderWidth: 0 });
  return html`${area([...places, [last[0], ground], [first[0], ground]], accent, 0.1)}${line(places, { color: accent, width: 2 })}`;
}

function neededLine({ left, right }: Plot, y: number, needed: number): Html {
  const ends: Place[] = [
    [left, y],
    [right, y],
  ];
  return html`${line(ends, { color: color('ink'), width: 1.5, dashes: '6,3' })}${label(
    `needed: ${powerOfTen(needed)}`,
    [right - 0.5, y - 14.5],
    { anchor: 'end', color: color('ink') },
  )}`;
}
