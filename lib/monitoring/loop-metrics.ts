import { Duration } from 'aws-cdk-lib';
import { MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { MetricName } from '../../core/ports.ts';

/** Steps that call models; and with training, those that cost money. */
export const callingSteps = ['sample-responses', 'judge-responses', 'evaluate-candidate'] as const;
export const payingSteps = [...callingSteps, 'start-training'] as const;

export interface Look {
  readonly statistic: 'Sum' | 'Average' | 'Maximum' | 'SampleCount';
  readonly period: Duration;
  readonly label?: string;
  readonly color?: string;
  readonly of?: Readonly<Record<string, string>>;
}

/** A metric that the functions of a loop tell (functions/metrics.ts). */
export function loopMetric(loop: string, name: MetricName, { of = {}, ...look }: Look): Metric {
  return new Metric({ namespace: 'Ratchet', metricName: name, dimensionsMap: { loop, ...of }, ...look });
}

interface Share {
  /** Of fewer than so many, it is 0: they say nothing. */
  readonly atLeast: number;
  readonly label: string;
  readonly period: Duration;
}

/** `part` in percent of `part` and `rest` together. */
export function shareOf(part: Metric, rest: Metric, share: Share): MathExpression {
  return percentage([part, rest], `(${idOf(part)} + FILL(${idOf(rest)}, 0))`, share);
}

/** `part` in percent of `whole`. */
export function partOf(part: Metric, whole: Metric, share: Share): MathExpression {
  return percentage([part, whole], idOf(whole), share);
}

function percentage(metrics: readonly [Metric, Metric], whole: string, { atLeast, label, period }: Share) {
  const usingMetrics = Object.fromEntries(metrics.map((metric) => [idOf(metric), metric]));
  const expression = `IF(${whole} >= ${atLeast}, 100 * ${idOf(metrics[0])} / ${whole}, 0)`;
  return new MathExpression({ expression, usingMetrics, label, period });
}

/** Within one graph, an id stands for one metric; ids begin with a small letter. */
export function idOf({ metricName }: Metric): string {
  return metricName.charAt(0).toLowerCase() + metricName.slice(1);
}

export const quarter = Duration.minutes(15);
export const hour = Duration.hours(1);
export const day = Duration.days(1);
