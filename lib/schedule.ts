import { Duration, RemovalPolicy, Stack, TimeZone, Validations } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import {
  ContextAttribute,
  Schedule,
  ScheduleExpression,
  ScheduleTargetInput,
  TimeWindow,
} from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { acceptKeyUse, acceptPatterns } from './accept-patterns.ts';
import { artifacts } from './artifact-patterns.ts';
import { grantActions } from './grant-actions.ts';
import type { PreparedLoop } from './prepare-loop.ts';
import { type StarterProps, starterEnvironment } from './starter.ts';

export interface LoopScheduleProps extends StarterProps {
  readonly loop: Pick<PreparedLoop, 'name' | 'version' | 'document' | 'schedule'>;
}

/** Starts runs by the clock, as the loop file says; nothing at all where it says nothing. */
export class LoopSchedule extends Construct {
  /** Starts that failed for good, each with what was asked for and why it failed. */
  readonly failedStarts: Queue | undefined;

  constructor(scope: Construct, id: string, props: LoopScheduleProps) {
    super(scope, id);
    const { loop, encryptionKey } = props;
    if (loop.schedule === undefined) return;
    const { cron, timeZone, paused } = loop.schedule;
    const failedStarts = this.#failedStarts(props);
    this.failedStarts = failedStarts;
    const start = this.#start(props, failedStarts);
    new Schedule(this, 'Schedule', {
      scheduleName: `ratchet-${loop.name}`,
      description: `Starts a run of the loop ${loop.name}`,
      schedule: ScheduleExpression.expression(cron, TimeZone.of(timeZone)),
      enabled: !paused,
      timeWindow: TimeWindow.off(),
      ...(encryptionKey ? { key: encryptionKey } : {}),
      target: new LambdaInvoke(start, {
        input: ScheduleTargetInput.fromObject({ scheduledAt: ContextAttribute.scheduledTime }),
        role: this.#scheduler(start, failedStarts),
        // Scheduler waits longer from try to try: 10 tries or an hour outlast a hiccup of Lambda. A run that starts later
        // than that would surprise whoever chose the hour; the run's name is the hour, so that no try starts a second one.
        retryAttempts: 10,
        maxEventAge: Duration.hours(1),
        deadLetterQueue: failedStarts,
      }),
    });
  }

  #failedStarts({ loop, encryptionKey }: LoopScheduleProps): Queue {
    const queue = new Queue(this, 'FailedStarts', {
      queueName: `ratchet-${loop.name}-failed-starts`,
      ...(encryptionKey
        ? { encryption: QueueEncryption.KMS, encryptionMasterKey: encryptionKey }
        : { encryption: QueueEncryption.SQS_MANAGED }),
      enforceSSL: true,
      // The longest that there is: time to come back from holidays.
      retentionPeriod: Duration.days(14),
      removalPolicy: RemovalPolicy.DESTROY,
    });
    Validations.of(queue).acknowledge({
      id: 'AwsSolutions-SQS3',
      reason: 'It is the dead-letter queue, of the schedule and of the function that it calls.',
    });
    return queue;
  }

  /** Whom EventBridge Scheduler is when it calls; nobody else's schedule can be. */
  #scheduler(start: LambdaFunction, failedStarts: Queue): Role {
    const ours = { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } };
    const role = new Role(this, 'Scheduler', {
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', { conditions: ours }),
      description: 'Starts runs by the clock',
    });
    // The target would forget the queue's key.
    failedStarts.grantSendMessages(role);
    acceptKeyUse(role);
    acceptPatterns(role, [`${start.functionArn}:*`], 'The versions of one function; it has none.');
    return role;
  }

  #start(props: LoopScheduleProps, failedStarts: Queue): LambdaFunction {
    const { loop, maker, storage, workflow, logs } = props;
    const start = maker.make('start-scheduled-run', {
      description: `Starts a run of the loop ${loop.name} by the clock`,
      seconds: 30,
      memoryMiB: 256,
      environment: starterEnvironment(props),
      // Scheduler only hands the event over. Tried again it does no harm: the run has the name of its hour.
      failedTo: failedStarts,
    });
    storage.grant(start, {
      reads: [artifacts.running, artifacts.execution],
      writes: [artifacts.running, artifacts.execution],
    });
    grantActions(start, ['start-execution', 'describe-execution', 'announce'], {
      stateMachine: workflow.stateMachine,
      logs,
    });
    return start;
  }
}
