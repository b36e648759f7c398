import type { RoundReport } from '../../../core/report.ts';
import { fate } from '../fate.ts';
import { type Html, html } from '../html.ts';
import { percent } from '../numbers.ts';
import { color } from '../style/palette.ts';
import { along, levels, type Plot, type Size } from './axes.ts';
import { chartForEveryWidth } from './draw-chart.ts';
import { circle, diamond, fontSize, label, line, type Place, widthOf } from './marks.ts';

/** Two shares, from 0 to 1, that a round went between. */
interface Step {
  readonly round: RoundReport;
  readonly from: number;
  readonly to: number;
}

/** The share of fully right held-out responses: the incumbent's staircase, and each candidate where it stood. */
export function checkRateChart(rounds: readonly RoundReport[]): Html {
  const steps = rounds.flatMap((round): Step[] => {
    const from = round.heldOut?.incumbent.checkRate;
    return typeof from === 'number' ? [{ round, from, to: round.heldOut?.candidate.checkRate ?? 0 }] : [];
  });
  const says = steps.map(
    ({ round, from, to }) =>
      `round ${round.round}: incumbent ${percent(from)}, candidate ${percent(to)}, ${fate(round).says}`,
  );
  return chartForEveryWidth(`Fully right held-out responses. ${says.join('; ')}.`, (size) => {
    const { place, axes } = frame(
      steps.map(({ round }) => round),
      size,
    );
    const labels = steps.map(({ from, to }, index) => {
      const [x, y] = place(index, to);
      return labelOf(to, to < from ? [x, y + 20] : [x, y - 18.5], 'middle');
    });
    const risings = steps.map(({ round, from, to }, index) =>
      line([place(index, from), place(index, to)], {
        color: toneOf(round),
        width: 2,
        dashes: round.promoted ? undefined : '8,4',
      }),
    );
    const candidates = steps.map(({ round, to }, index) => candidate(round, place(index, to)));
    return html`${axes}${risings}${staircase(steps, place)}${candidates}${steps.length <= MOST_LABELLED && labels}`;
  });
}

/** The win rate against the incumbent with its 95 % interval, and the line of no difference. */
export function winRateChart(rounds: readonly RoundReport[]): Html {
  const points = rounds.flatMap((round) => (round.evaluation ? [{ round, ...round.evaluation }] : []));
  const says = points.map(
    ({ round, winRate, low, high }) =>
      `round ${round.round}: ${percent(winRate)}, between ${percent(low)} and ${percent(high)}, ${fate(round).says}`,
  );
  return chartForEveryWidth(`Win rate of the candidate with its 95 % interval. ${says.join('; ')}.`, (size) => {
    const { plot, place, axes } = frame(
      points.map(({ round }) => round),
      size,
    );
    const even = place(0, 0.5)[1];
    const labels = points.map(({ round, winRate }, index) => {
      const [x, y] = place(index, winRate);
      return labelOf(winRate, [x + (round.promoted ? 12 : 13.5), y], 'start');
    });
    const evenLine: Place[] = [
      [plot.left, even],
      [plot.right, even],
    ];
    const intervals = points.map(({ round, low, high }, index) =>
      interval(place(index, low), place(index, high), toneOf(round)),
    );
    const candidates = points.map(({ round, winRate }, index) => candidate(round, place(index, winRate)));
    return html`${axes}${line(evenLine, { color: color('ink'), width: 1.5, dashes: '6,3' })}${intervals}${candidates}${
      points.length <= MOST_LABELLED && labels
    }`;
  });
}

const MOST_LABELLED = 8;
const percents = { low: 0, high: 1, ticks: [0, 0.25, 0.5, 0.75, 1] };

/** The axes, and the place of a share in a round. */
function frame(rounds: readonly RoundReport[], { width, height }: Size) {
  const roomy = width / rounds.length >= 60;
  const plot = { left: 46, right: width - 14, top: 26, bottom: height - (roomy ? 46 : 30) };
  const cell = (plot.right - plot.left) / rounds.length;
  const y = along(percents, plot.bottom, plot.top);
  const place = (index: number, share: number): Place => [plot.left + (index + 0.5) * cell, y(share)];
  const labels = rounds.map((round) => (roomy ? [`Round ${round.round}`, fate(round).says] : [`${round.round}`]));
  return { plot, place, axes: html`${levels(plot, percents, (share) => percent(share))}${below(plot, labels)}` };
}

/** The names of the rounds; every second or third only where they would touch. */
function below({ left, right, bottom }: Plot, labels: readonly (readonly string[])[]): Html {
  const cell = (right - left) / labels.length;
  const every = 1 + Math.floor((Math.max(0, ...labels.flat().map(widthOf)) * 1.3) / cell);
  return html`${labels.map(
    (lines, index) =>
      index % every === 0 &&
      lines.map((says, row) => label(says, [left + (index + 0.5) * cell, bottom + 18 + 16 * row])),
  )}`;
}

/** At each round the line goes up through the promoted candidate, then on to the next round. */
function staircase(steps: readonly Step[], place: (index: number, share: number) => Place): Html {
  const corners = steps.flatMap(({ from }, index) => {
    const before = steps[index - 1];
    return before ? [place(index - 1, from), place(index, from)] : [place(index, from)];
  });
  const places = steps.map(({ from }, index) => place(index, from));
  const body = { radius: 4, fill: color('card'), border: color('muted'), borderWidth: 2 };
  const [first] = places;
  return html`${line(corners, { color: color('muted'), width: 1.5 })}${places.map((each) => circle(each, body))}${
    first && label(percent(steps[0]?.from ?? 0), [first[0], first[1] + 16])
  }`;
}

/** Promoted candidates are filled circles, the others hollow diamonds: the shape says it without the color. */
function candidate(round: RoundReport, place: Place): Html {
  const border = { border: toneOf(round), borderWidth: 2 };
  return round.promoted
    ? circle(place, { radius: 6, fill: toneOf(round), ...border })
    : diamond(place, { radius: 7.5, fill: color('card'), ...border });
}

function labelOf(share: number, place: Place, anchor: 'start' | 'middle'): Html {
  return label(percent(share), place, { anchor, color: color('ink'), size: fontSize + 1, strong: true });
}

function interval(low: Place, high: Place, tone: string): Html {
  const stroke = { color: tone, width: 2 };
  const caps = [low, high].map(([x, y]): Place[] => [
    [x - 5, y],
    [x + 5, y],
  ]);
  return html`${line([low, high], stroke)}${caps.map((cap) => line(cap, stroke))}`;
}

function toneOf(round: RoundReport): string {
  const { tone } = fate(round);
  return color(tone === 'plain' ? 'muted' : tone);
}
