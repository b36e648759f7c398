import { Duration } from 'aws-cdk-lib';
import type { RestApi } from 'aws-cdk-lib/aws-apigateway';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { IStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { alarmOf, watchedOf } from './monitoring/alarms.ts';
import { addDashboard } from './monitoring/dashboard.ts';
import { type Functions, failedInvocations } from './monitoring/function-metrics.ts';
import { saveQueries } from './monitoring/queries.ts';
import type { PreparedLoop } from './prepare-loop.ts';

export interface LoopMonitoringProps {
  readonly loop: Pick<PreparedLoop, 'document'>;
  readonly stateMachine: IStateMachine;
  readonly functions: Functions;
  readonly api: RestApi;
  /** Who is told when an alarm rings. */
  readonly topic: ITopic;
  readonly logs: ILogGroup;
  /** Starts by the clock that failed for good; undefined where the loop has no schedule. */
  readonly failedStarts: IQueue | undefined;
}

/** What is seen of a loop in the console: saved queries, alarms, one dashboard. docs/monitoring.md shows them. */
export class LoopMonitoring extends Construct {
  constructor(scope: Construct, id: string, props: LoopMonitoringProps) {
    super(scope, id);
    const loop = props.loop.document;
    const { topic, logs } = props;
    const failed = failedInvocations(this, { loop: loop.name, logs }).metric({
      statistic: 'Sum',
      period: Duration.minutes(15),
      label: 'Failed invocations',
    });
    const things = { ...props, loop, failedInvocations: failed };
    saveQueries(this, { loop: loop.name, logs });
    const alarms = watchedOf(things).map((watched) => alarmOf(this, loop.name, topic, watched));
    addDashboard(this, { ...things, alarms });
  }
}
