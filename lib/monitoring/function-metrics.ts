import type { Duration } from 'aws-cdk-lib';
import { type IMetric, MathExpression } from 'aws-cdk-lib/aws-cloudwatch';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { FilterPattern, type ILogGroup, MetricFilter } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';

/** By folder below functions/. */
export type Functions = ReadonlyMap<string, LambdaFunction>;

/** Functions whose time grows with the data, and which can't go on in another invocation. */
const growing = [
  'plan-run',
  'build-pairs',
  'assemble-dataset',
  'start-training',
  'decide-promotion',
  'write-report',
] as const;
/** Functions that many are begun of at once, so that the account's limit of concurrency meets them first. */
const crowded = ['sample-responses', 'judge-responses', 'build-pairs', 'evaluate-candidate'] as const;

/**
 * Invocations that failed, of all functions. An alarm may look at ten metrics, and a loop has more functions than that; all
 * write to one log group, where Lambda reports each invocation with its status (Telemetry API, `platform.report`).
 */
export function failedInvocations(
  scope: Construct,
  { loop, logs }: { readonly loop: string; readonly logs: ILogGroup },
) {
  return new MetricFilter(scope, 'FailedInvocations', {
    logGroup: logs,
    filterPattern: FilterPattern.all(
      FilterPattern.stringValue('$.type', '=', 'platform.report'),
      FilterPattern.stringValue('$.record.status', '!=', 'success'),
    ),
    metricNamespace: `Ratchet/${loop}`,
    metricName: 'FailedInvocations',
  });
}

/** How much of its time the slowest invocation has taken, in percent. */
export function timeTaken(functions: Functions, period: Duration): MathExpression {
  const watched = present(functions, growing);
  const usingMetrics = Object.fromEntries(
    watched.map(([key, each]) => [key, each.metricDuration({ statistic: 'Maximum', period })]),
  );
  const shares = watched.map(([key, { timeout }]) => `${key} / ${(timeout?.toMilliseconds() ?? 3_000) / 100}`);
  return new MathExpression({
    expression: `MAX([${shares.join(', ')}])`,
    usingMetrics,
    label: 'Slowest function, % of its time-out',
    period,
  });
}

/** Invocations that Lambda refused: too many at once. */
export function refusedInvocations(functions: Functions, period: Duration): MathExpression {
  const each = present(functions, crowded).map(([, one]) => one.metricThrottles({ statistic: 'Sum', period }));
  const { sum, usingMetrics } = sumOf('throttled', each);
  return new MathExpression({ expression: sum, usingMetrics, label: 'Throttled invocations', period });
}

/** Seconds that all functions have run, for the bill; more metrics than an alarm may look at. */
export function secondsRun(functions: Functions, period: Duration): MathExpression {
  const each = [...functions.values()].map((one) => one.metricDuration({ statistic: 'Sum', period }));
  const { sum, usingMetrics } = sumOf('ran', each);
  return new MathExpression({ expression: `FILL(${sum}, 0) / 1000`, usingMetrics, label: 'All functions', period });
}

export function invocations(functions: Functions, period: Duration): MathExpression {
  const each = [...functions.values()].map((one) => one.metricInvocations({ statistic: 'Sum', period }));
  const { sum, usingMetrics } = sumOf('invoked', each);
  return new MathExpression({ expression: `FILL(${sum}, 0)`, usingMetrics, label: 'Invocations', period });
}

/** `id` begins the ids of what is added up. */
function sumOf(id: string, metrics: readonly IMetric[]) {
  const named = metrics.map((metric, index) => [`${id}${index}`, metric] as const);
  return { sum: `SUM([${named.map(([key]) => key).join(', ')}])`, usingMetrics: Object.fromEntries(named) };
}

/** Those that there are, each with a key for expressions. */
function present(functions: Functions, folders: readonly string[]): [string, LambdaFunction][] {
  return folders.flatMap((folder, index): [string, LambdaFunction][] => {
    const found = functions.get(folder);
    return found ? [[`slowest${index}`, found]] : [];
  });
}
