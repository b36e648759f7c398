import type { Decision, Evaluation } from '../../../core/report.ts';
import type { Html } from '../html.ts';
import { powerOfTen } from '../numbers.ts';
import { color } from '../style/palette.ts';
import { fontSize, quietAxis, straightLine, text } from './axes.ts';
import { drawChart } from './draw-chart.ts';

/** The wealth of the e-process on a log scale, against the line it had to reach; one size reads well everywhere. */
export function wealthChart(wealth: Evaluation['wealth'], alpha: Decision['alpha'] | undefined, says: string): Html {
  const last = wealth.at(-1)?.[0] ?? 0;
  const needed = alpha ? -Math.log10(alpha) : undefined;
  return drawChart(
    says,
    { width: 360, height: 210 },
    {
      grid: { left: 44, right: 16, top: 22, bottom: 42 },
      xAxis: {
        ...quietAxis,
        max: last,
        splitLine: { show: false },
        name: 'held-out prompts seen',
        nameLocation: 'middle',
        nameGap: 26,
        nameTextStyle: text,
        axisLabel: { ...text, hideOverlap: true },
      },
      yAxis: { ...quietAxis, minInterval: 1, axisLabel: { ...text, formatter: powerOfTen } },
      series: [wealthLine(wealth), ...(needed === undefined ? [] : [neededLine(needed, last)])],
    },
  );
}

function wealthLine(wealth: Evaluation['wealth']) {
  return {
    type: 'line',
    data: wealth,
    symbol: wealth.length > 1 ? 'none' : 'circle',
    silent: true,
    clip: false,
    itemStyle: { color: color('accent') },
    lineStyle: { color: color('accent'), width: 2 },
    areaStyle: { color: color('accent'), opacity: 0.1 },
  };
}

function neededLine(needed: number, last: number) {
  return {
    ...straightLine([0, needed], [last, needed], { color: color('ink'), width: 1.5, type: 'dashed' }),
    data: [
      [0, needed],
      {
        value: [last, needed],
        symbol: 'circle',
        symbolSize: 1,
        label: {
          show: true,
          position: [0, -8],
          align: 'right',
          verticalAlign: 'bottom',
          formatter: `needed: ${powerOfTen(needed)}`,
          color: color('ink'),
          fontSize,
        },
      },
    ],
    symbol: 'circle',
    symbolSize: 1,
    itemStyle: { color: color('ink') },
  };
}
