import { Color, type IWidget, LogQueryVisualizationType, LogQueryWidget } from 'aws-cdk-lib/aws-cloudwatch';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { Loop } from '../../core/loop.ts';
import type { MetricName } from '../../core/ports.ts';
import { type Functions, invocations, secondsRun } from './function-metrics.ts';
import { adding, axis, graph, HEIGHT, limit, WIDTH } from './graphs.ts';
import { day, loopMetric, payingSteps } from './loop-metrics.ts';

export interface CostProps {
  readonly loop: Loop;
  readonly functions: Functions;
  readonly logs: ILogGroup;
}

/** What does it cost? */
export function costRow({ loop, functions, logs }: CostProps): IWidget[] {
  const aDay = { statistic: 'Sum', period: day } as const;
  const of = (name: MetricName) => loopMetric(loop.name, name, aDay);
  const { usd } = loop.budget;
  return [
    graph('US dollars a day', {
      left: payingSteps.map((step, index) =>
        adding(loopMetric(loop.name, 'SpentUsd', { ...aDay, of: { step } }), { label: step, id: `step${index}` }),
      ),
      leftYAxis: axis('US dollars'),
      ...(usd === undefined ? {} : { leftAnnotations: [limit(usd, 'Budget of one run')] }),
      stacked: true,
    }),
    graph('Tokens a day, calls a day', {
      left: [
        adding(of('PromptTokens'), { label: 'Sent', color: Color.BLUE }),
        adding(of('CompletionTokens'), { label: 'Received', color: Color.ORANGE }),
      ],
      right: [adding(of('Calls'), { label: 'Calls', color: Color.GREY })],
      leftYAxis: axis('Tokens'),
      rightYAxis: axis('Calls'),
    }),
    graph('AWS: seconds that functions run', {
      left: [secondsRun(functions, day)],
      right: [invocations(functions, day)],
      leftYAxis: axis('Seconds a day'),
      rightYAxis: axis('Invocations'),
    }),
    new LogQueryWidget({
      title: 'What each run has spent',
      logGroupNames: [logs.logGroupName],
      view: LogQueryVisualizationType.TABLE,
      queryLines: [
        'filter ispresent(SpentUsd)',
        'stats sum(SpentUsd) as usd, sum(Calls) as calls, latest(@timestamp) as until by run',
        'sort until desc',
        'limit 20',
      ],
      width: WIDTH,
      height: HEIGHT,
    }),
  ];
}
