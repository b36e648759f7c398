import type { RoundReport } from '../../../core/report.ts';
import { fate } from '../fate.ts';
import type { Html } from '../html.ts';
import { percent } from '../numbers.ts';
import { color } from '../style/palette.ts';
import { categoryAxis, fontSize, percentAxis, straightLine } from './axes.ts';
import { chartForEveryWidth, type Size } from './draw-chart.ts';

/** What happened to one round's candidate, on an axis of percent. */
interface RoundPoint {
  readonly round: RoundReport;
  readonly at: number;
}

/** The share of fully right held-out responses: the incumbent's staircase, and each candidate where it stood. */
export function checkRateChart(rounds: readonly RoundReport[]): Html {
  const measured = rounds.filter((round) => typeof round.heldOut?.incumbent.checkRate === 'number');
  const incumbents = measured.map((round) => (round.heldOut?.incumbent.checkRate ?? 0) * 100);
  const candidates = measured.map((round) => ({ round, at: (round.heldOut?.candidate.checkRate ?? 0) * 100 }));
  const says = measured.map((round, index) => {
    const [from, to] = [incumbents[index] ?? 0, candidates[index]?.at ?? 0];
    return `round ${round.round}: incumbent ${percent(from / 100)}, candidate ${percent(to / 100)}, ${fate(round).says}`;
  });
  return chartForEveryWidth(`Fully right held-out responses. ${says.join('; ')}.`, (size) => ({
    ...frame(measured, size),
    series: [
      ...candidates.map((candidate, index) =>
        straightLine([index, incumbents[index] ?? 0], [index, candidate.at], {
          color: toneOf(candidate.round),
          width: 2,
          type: candidate.round.promoted ? 'solid' : 'dashed',
        }),
      ),
      incumbentSteps(incumbents),
      candidatePoints(candidates, incumbents),
    ],
  }));
}

/** The win rate against the incumbent with its 95 % interval, and the line of no difference. */
export function winRateChart(rounds: readonly RoundReport[]): Html {
  const points = rounds.flatMap((round) => (round.evaluation ? [{ round, at: round.evaluation.winRate * 100 }] : []));
  const says = points.map(({ round }) => {
    const { winRate, low, high } = round.evaluation ?? { winRate: 0, low: 0, high: 0 };
    return `round ${round.round}: ${percent(winRate)}, between ${percent(low)} and ${percent(high)}, ${fate(round).says}`;
  });
  return chartForEveryWidth(`Win rate of the candidate with its 95 % interval. ${says.join('; ')}.`, (size) => ({
    ...frame(
      points.map(({ round }) => round),
      size,
    ),
    series: [
      ...points.map(({ round }, index) => interval(round, index)),
      { ...candidatePoints(points), markLine: evenLine },
    ],
  }));
}

function frame(rounds: readonly RoundReport[], { width }: Size) {
  const roomy = width / rounds.length >= 60;
  const labels = rounds.map((round) => (roomy ? `Round ${round.round}\n${fate(round).says}` : `${round.round}`));
  return {
    grid: { left: 46, right: 14, top: 26, bottom: roomy ? 46 : 30 },
    xAxis: categoryAxis(labels),
    yAxis: percentAxis,
  };
}

/** Step `start`: at each round the line goes up through the promoted candidate, then on to the next round. */
function incumbentSteps(incumbents: readonly number[]) {
  return {
    type: 'line',
    step: 'start',
    data: incumbents.map((at, index) => ({
      value: [index, at],
      label: { show: index === 0, position: 'bottom', formatter: percent(at / 100), color: color('muted'), fontSize },
    })),
    symbol: 'circle',
    symbolSize: 8,
    clip: false,
    silent: true,
    itemStyle: { color: color('card'), borderColor: color('muted'), borderWidth: 2 },
    lineStyle: { color: color('muted'), width: 1.5 },
  };
}

/** Promoted candidates are filled circles, the others hollow diamonds: the shape says it without the color. */
function candidatePoints(points: readonly RoundPoint[], incumbents: readonly number[] = []) {
  return {
    type: 'scatter',
    silent: true,
    clip: false,
    data: points.map(({ round, at }, index) => ({
      value: [index, at],
      symbol: round.promoted ? 'circle' : 'diamond',
      symbolSize: round.promoted ? 12 : 15,
      itemStyle: {
        color: round.promoted ? toneOf(round) : color('card'),
        borderColor: toneOf(round),
        borderWidth: 2,
        opacity: 1,
      },
      label: {
        show: points.length <= 8,
        position: incumbents.length === 0 ? 'right' : at < (incumbents[index] ?? 0) ? 'bottom' : 'top',
        formatter: percent(at / 100),
        color: color('ink'),
        fontSize: fontSize + 1,
        fontWeight: 600,
        // Readable where a line runs through it.
        textBorderColor: color('card'),
        textBorderWidth: 4,
      },
    })),
  };
}

function interval(round: RoundReport, index: number) {
  const { low, high } = round.evaluation ?? { low: 0, high: 0 };
  return {
    ...straightLine([index, low * 100], [index, high * 100], { color: toneOf(round), width: 2 }),
    symbol: 'rect',
    symbolSize: [10, 2],
    itemStyle: { color: toneOf(round) },
  };
}

const evenLine = {
  silent: true,
  symbol: 'none',
  data: [{ yAxis: 50 }],
  label: { show: false },
  lineStyle: { color: color('ink'), width: 1.5, type: 'dashed' },
};

function toneOf(round: RoundReport): string {
  const { tone } = fate(round);
  return color(tone === 'plain' ? 'muted' : tone);
}
