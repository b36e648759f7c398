import { Duration } from 'aws-cdk-lib';
import type { RestApi } from 'aws-cdk-lib/aws-apigateway';
import { Alarm, ComparisonOperator, type IMetric, type Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { IStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import type { Loop } from '../../core/loop.ts';
import { type Functions, refusedInvocations, timeTaken } from './function-metrics.ts';
import { day, hour, loopMetric, partOf, quarter, shareOf } from './loop-metrics.ts';

/** When somebody is to be told, and of what. */
export interface Watched {
  /** Its section in docs/runbook.md: "Run failed" is #run-failed. */
  readonly name: string;
  /** For who gets the mail, one sentence. */
  readonly says: string;
  readonly metric: IMetric;
  readonly above: number;
  /** Out of how many periods, in how many it has to be so; 1 of 1 where it is left out. */
  readonly lasting?: readonly [breaching: number, of: number];
}

export interface WatchedThings {
  readonly loop: Loop;
  readonly stateMachine: IStateMachine;
  readonly functions: Functions;
  readonly api: RestApi;
  readonly failedInvocations: IMetric;
  /** Starts by the clock that failed for good; undefined where the loop has no schedule. */
  readonly failedStarts: IQueue | undefined;
}

/** A judge that flips a coin contradicts itself on half of the prompts; a sound one does on one in four at most. */
export const MOST_CONFLICTS_PERCENT = 40;
/** A teacher that is fit for the task is unreadable once in a hundred times at most. */
export const MOST_ABSTENTIONS_PERCENT = 10;
/** The engine's limit follows an endpoint that refuses up to a fifth; where it is half, the loop file asks for too much. */
export const MOST_THROTTLED_PERCENT = 50;
/** Fewer say nothing. */
const FEWEST = 50;
/** Feedback and evaluation of a round, beside the training that the loop file limits. */
const HOURS_BESIDE_TRAINING = 12;

/** After that a run is older than its loop file makes it, in whole hours. */
export function longestRun({ rounds, trainer, approval, approvalDays }: Loop): Duration {
  const waiting = approval === 'never' ? 0 : 24 * approvalDays;
  return Duration.hours(Math.ceil(rounds * (HOURS_BESIDE_TRAINING + (trainer?.maximumHours ?? 0) + waiting)));
}

/** Everything that rings. That no candidate is promoted does not: the gate does its work. */
export function watchedOf({ loop, stateMachine, functions, api, failedInvocations, failedStarts }: WatchedThings) {
  const of = (name: Parameters<typeof loopMetric>[1], statistic: 'Sum' | 'Maximum', period: Duration) =>
    loopMetric(loop.name, name, { statistic, period });
  const share = (part: Metric, rest: Metric, label: string, period: Duration) =>
    shareOf(part, rest, { atLeast: FEWEST, label, period });
  const { usd } = loop.budget;
  const watched: (Watched | undefined)[] = [
    {
      name: 'Run failed',
      says: 'An execution of the workflow has failed.',
      metric: stateMachine.metricFailed({ statistic: 'Sum', period: Duration.minutes(5) }),
      above: 0,
    },
    {
      name: 'Run takes too long',
      says: `A run is older than ${longestRun(loop).toHours()} hours.`,
      metric: of('RunAge', 'Maximum', quarter),
      above: longestRun(loop).toSeconds(),
    },
    failedStarts && {
      name: 'Schedule start failed',
      says: 'The schedule could not start a run.',
      metric: failedStarts.metricApproximateNumberOfMessagesVisible({
        statistic: 'Maximum',
        period: Duration.minutes(5),
      }),
      above: 0,
    },
    {
      name: 'Function errors',
      says: 'Functions fail again and again; the workflow tries them again for half an hour at most.',
      metric: failedInvocations,
      above: 5,
      lasting: [2, 3],
    },
    {
      name: 'Function throttles',
      says: "Lambda refuses invocations: the account's limit of concurrency is reached.",
      metric: refusedInvocations(functions, quarter),
      above: 10,
      lasting: [2, 3],
    },
    {
      name: 'Function near its time-out',
      says: 'A function that can not go on in another invocation has taken more than 80 % of its time.',
      metric: timeTaken(functions, quarter),
      above: 80,
    },
    {
      name: 'Judge abstains often',
      says: `More than ${MOST_ABSTENTIONS_PERCENT} % of the teacher's answers can not be trusted.`,
      metric: share(of('Abstentions', 'Sum', hour), of('Verdicts', 'Sum', hour), 'Abstentions, %', hour),
      above: MOST_ABSTENTIONS_PERCENT,
    },
    {
      name: 'Judge contradicts itself',
      says: `On more than ${MOST_CONFLICTS_PERCENT} % of the prompts the teacher names another winner when the order is turned round.`,
      metric: conflictShare(loop.name, hour),
      above: MOST_CONFLICTS_PERCENT,
    },
    {
      name: 'Provider throttles',
      says: `More than ${MOST_THROTTLED_PERCENT} % of the calls are refused for being too many, for most of an hour.`,
      metric: share(of('Throttled', 'Sum', quarter), of('Calls', 'Sum', quarter), 'Throttled, %', quarter),
      above: MOST_THROTTLED_PERCENT,
      lasting: [3, 4],
    },
    usd === undefined
      ? undefined
      : {
          name: 'Spend above budget',
          says: `The runs of one day have spent more than ${usd} US dollars, which budget.usd allows for one.`,
          metric: of('SpentUsd', 'Sum', day),
          above: usd,
        },
    {
      name: 'API errors',
      says: 'The API has answered with 5xx.',
      metric: api.metricServerError({ statistic: 'Sum', period: Duration.minutes(5) }),
      above: 0,
    },
  ];
  return watched.filter((each) => each !== undefined);
}

/** Share of the prompts on which the teacher contradicts itself, in percent. */
export function conflictShare(loop: string, period: Duration): IMetric {
  const of = (name: 'OrderConflicts' | 'Prompts') => loopMetric(loop, name, { statistic: 'Sum', period });
  return partOf(of('OrderConflicts'), of('Prompts'), {
    atLeast: FEWEST,
    label: 'Order conflicts, % of prompts',
    period,
  });
}

/** An alarm that tells the topic when it begins; the state that it leads to is in the mail, and the runbook says what to do. */
export function alarmOf(scope: Construct, loop: string, topic: ITopic, watched: Watched): Alarm {
  const { name, says, metric, above, lasting: [breaching, of] = [1, 1] } = watched;
  const slug = slugOf(name);
  const alarm = new Alarm(scope, name.replaceAll(/[^A-Za-z]/g, ''), {
    alarmName: `ratchet-${loop}-${slug}`,
    alarmDescription: `${says} What to do: docs/runbook.md#${slug}`,
    metric,
    threshold: above,
    comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
    datapointsToAlarm: breaching,
    evaluationPeriods: of,
    // Between runs there is nothing to measure, and nothing to ring for.
    treatMissingData: TreatMissingData.NOT_BREACHING,
  });
  alarm.addAlarmAction(new SnsAction(topic));
  return alarm;
}

/** As GitHub makes anchors of headings. */
export function slugOf(heading: string): string {
  return heading.toLowerCase().replaceAll(' ', '-');
}
