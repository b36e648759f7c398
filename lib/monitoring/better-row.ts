import { Color, type IWidget, MathExpression } from 'aws-cdk-lib/aws-cloudwatch';
import type { MetricName } from '../../core/ports.ts';
import { adding, axis, graph, holding, percent } from './graphs.ts';
import { day, loopMetric } from './loop-metrics.ts';

/** Is it getting better? */
export function betterRow(loop: string): IWidget[] {
  const of = (name: MetricName, statistic: 'Average' | 'Sum' | 'SampleCount') =>
    loopMetric(loop, name, { statistic, period: day });
  return [
    graph('Held-out responses that pass every check', {
      left: [
        holding(of('IncumbentCheckRate', 'Average'), { label: 'Incumbent', color: Color.GREY }),
        holding(of('CheckRate', 'Average'), { label: 'Candidate', color: Color.GREEN }),
      ],
      leftYAxis: percent,
    }),
    graph('Win rate of the latest candidate', {
      left: [holding(of('WinRate', 'Average'), { label: 'Against the incumbent', color: Color.BLUE })],
      leftYAxis: percent,
      leftAnnotations: [{ value: 50, label: 'As good as the incumbent', color: Color.GREY }],
    }),
    graph('Rounds and promotions', {
      left: [
        adding(of('Promotions', 'Sum'), { label: 'Promotions', color: Color.GREEN }),
        new MathExpression({
          expression: 'FILL(rounds, 0) - FILL(promotions, 0)',
          usingMetrics: { rounds: of('Promotions', 'SampleCount'), promotions: of('Promotions', 'Sum') },
          label: 'Incumbent kept',
          color: Color.GREY,
          period: day,
        }),
      ],
      leftYAxis: axis('Rounds a day'),
      stacked: true,
    }),
    graph('Preference pairs in datasets', {
      left: [adding(of('Pairs', 'Sum'), { label: 'Pairs', color: Color.BLUE })],
      leftYAxis: axis('Pairs a day'),
    }),
  ];
}
