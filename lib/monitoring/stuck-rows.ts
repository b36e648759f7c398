import { Color, type IWidget, MathExpression, type Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { abstentionReasonSchema } from '../../core/judging/verdict.ts';
import type { MetricName } from '../../core/ports.ts';
import {
  conflictShare,
  longestRun,
  MOST_ABSTENTIONS_PERCENT,
  MOST_CONFLICTS_PERCENT,
  type WatchedThings,
} from './alarms.ts';
import { refusedInvocations, timeTaken } from './function-metrics.ts';
import { axis, graph, limit, percent } from './graphs.ts';
import { callingSteps, hour, idOf, type Look, loopMetric, shareOf } from './loop-metrics.ts';

/** What is stuck? */
export function stuckRows(props: WatchedThings): IWidget[][] {
  return [runsAndVerdicts(props), callsAndFunctions(props)];
}

function runsAndVerdicts({ loop, stateMachine }: WatchedThings): IWidget[] {
  const of = (name: MetricName, look: Look) => loopMetric(loop.name, name, look);
  const sum = { statistic: 'Sum', period: hour } as const;
  const longest = longestRun(loop).toHours();
  return [
    graph('Executions', {
      left: [
        stateMachine.metricStarted({ ...sum, label: 'Started', color: Color.BLUE }),
        stateMachine.metricSucceeded({ ...sum, label: 'Ended', color: Color.GREEN }),
        stateMachine.metricFailed({ ...sum, label: 'Failed', color: Color.RED }),
        stateMachine.metricTimedOut({ ...sum, label: 'Timed out', color: Color.BROWN }),
        stateMachine.metricAborted({ ...sum, label: 'Stopped', color: Color.GREY }),
      ],
      leftYAxis: axis('Executions an hour'),
    }),
    graph('Age of the run under way', {
      left: [
        inHours(of('RunAge', { statistic: 'Maximum', period: hour }), 3_600, 'Under way', Color.BLUE),
        inHours(stateMachine.metricTime({ statistic: 'Maximum', period: hour }), 3_600_000, 'At its end', Color.GREY),
      ],
      leftYAxis: axis('Hours'),
      leftAnnotations: [limit(longest, 'Too long')],
    }),
    graph('Abstentions of the teacher, by reason', {
      left: abstentionReasonSchema.options.map((reason) =>
        of('Abstentions', { ...sum, of: { reason }, label: reason }),
      ),
      leftYAxis: axis('Abstentions an hour'),
      stacked: true,
    }),
    graph("Teacher's answers that are no labels", {
      left: [
        shareOf(of('Abstentions', sum), of('Verdicts', sum), {
          atLeast: 1,
          label: 'Abstentions, % of answers',
          period: hour,
        }),
        conflictShare(loop.name, hour),
      ],
      leftYAxis: percent,
      leftAnnotations: [
        limit(MOST_ABSTENTIONS_PERCENT, 'Abstentions'),
        limit(MOST_CONFLICTS_PERCENT, 'Order conflicts'),
      ],
    }),
  ];
}

function callsAndFunctions({ loop, functions, api, failedInvocations }: WatchedThings): IWidget[] {
  const of = (name: MetricName, look: Look) => loopMetric(loop.name, name, look);
  const sum = { statistic: 'Sum', period: hour } as const;
  return [
    graph('Calls refused for being too many', {
      left: callingSteps.map((step) => of('Throttled', { ...sum, of: { step }, label: step })),
      leftYAxis: axis('Refusals an hour'),
      stacked: true,
    }),
    graph('Functions that fail or are throttled', {
      left: [failedInvocations, refusedInvocations(functions, hour)],
      leftYAxis: axis('Invocations'),
    }),
    graph('Functions near their time-out', {
      left: [timeTaken(functions, hour)],
      leftYAxis: percent,
      leftAnnotations: [limit(80, 'Too near')],
    }),
    graph('API', {
      left: [
        api.metricCount({ ...sum, label: 'Requests', color: Color.BLUE }),
        api.metricClientError({ ...sum, label: '4xx', color: Color.ORANGE }),
        api.metricServerError({ ...sum, label: '5xx', color: Color.RED }),
      ],
      leftYAxis: axis('Requests an hour'),
    }),
  ];
}

function inHours(metric: Metric, unitsAnHour: number, label: string, color: string): MathExpression {
  const id = idOf(metric);
  const expression = `${id} / ${unitsAnHour}`;
  return new MathExpression({ expression, usingMetrics: { [id]: metric }, label, color, period: hour });
}
