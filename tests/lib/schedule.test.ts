import { describe, expect, test } from '@jest/globals';
import { Template } from 'aws-cdk-lib/assertions';
import { AwsSolutionsChecks } from 'cdk-nag';
import { LoopSchedule, type LoopScheduleProps } from '../../lib/schedule.ts';
import { asText, ofOthers, scratchStack, statementsOf } from './starters.ts';

const mondays: NonNullable<LoopScheduleProps['loop']['schedule']> = {
  cron: 'cron(0 3 ? * MON *)',
  timeZone: 'Europe/Paris',
  paused: false,
};

function scheduled(schedule: LoopScheduleProps['loop']['schedule'], options = {}) {
  const { stack, props } = scratchStack(options);
  const made = new LoopSchedule(stack, 'Schedule', { ...props, loop: { ...props.loop, schedule } });
  return { stack, made, template: Template.fromStack(stack) };
}

const only = (template: Template, type: string) => Object.values(template.findResources(type))[0]?.['Properties'];
const plain = scheduled(mondays);

describe('a schedule', () => {
  test('is the cron expression of the loop file, in its time zone, to the minute', () => {
    expect(only(plain.template, 'AWS::Scheduler::Schedule')).toMatchObject({
      Name: 'ratchet-desk',
      ScheduleExpression: 'cron(0 3 ? * MON *)',
      ScheduleExpressionTimezone: 'Europe/Paris',
      State: 'ENABLED',
      FlexibleTimeWindow: { Mode: 'OFF' },
    });
  });

  test('that is paused stays, and starts nothing', () => {
    const { template } = scheduled({ ...mondays, paused: true });

    expect(only(template, 'AWS::Scheduler::Schedule').State).toBe('DISABLED');
  });

  test('of a loop that has none is nothing at all', () => {
    const { template, made } = scheduled(undefined);

    expect(made.failedStarts).toBeUndefined();
    for (const type of ['AWS::Scheduler::Schedule', 'AWS::Lambda::Function', 'AWS::SQS::Queue', 'AWS::IAM::Role']) {
      const found = Object.keys(template.findResources(type)).filter((id) => !id.startsWith('StateMachine'));
      expect([type, found]).toEqual([type, []]);
    }
  });

  test('tells the function which hour it is that the run is for', () => {
    const { Target } = only(plain.template, 'AWS::Scheduler::Schedule');

    expect(JSON.parse(Target.Input)).toEqual({ scheduledAt: '<aws.scheduler.scheduled-time>' });
    expect(asText(Target.Arn)).toMatch(/startscheduledrun/);
  });

  test('gives up within the hour, and keeps what it could not deliver', () => {
    const { Target } = only(plain.template, 'AWS::Scheduler::Schedule');
    const [queue] = Object.keys(plain.template.findResources('AWS::SQS::Queue'));

    expect(Target.RetryPolicy).toEqual({ MaximumEventAgeInSeconds: 3600, MaximumRetryAttempts: 10 });
    expect(asText(Target.DeadLetterConfig.Arn)).toBe(`\${${queue}.Arn}`);
  });

  test('is called by its own role, which Scheduler takes for this account alone', () => {
    const { Target } = only(plain.template, 'AWS::Scheduler::Schedule');
    const id = asText(Target.RoleArn).replace(/^\$\{(\w+)\.Arn\}$/, '$1');
    const role = plain.template.findResources('AWS::IAM::Role')[id]!;
    const [trust] = role['Properties'].AssumeRolePolicyDocument.Statement;

    expect(trust.Principal).toEqual({ Service: 'scheduler.amazonaws.com' });
    expect(trust.Condition).toEqual({ StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } });
  });
});

describe('a start that fails', () => {
  test('in the function is tried twice more, and then kept in the same queue', () => {
    const config = only(plain.template, 'AWS::Lambda::EventInvokeConfig');
    const [queue] = Object.keys(plain.template.findResources('AWS::SQS::Queue'));

    expect(config).toMatchObject({ MaximumRetryAttempts: 2, MaximumEventAgeInSeconds: 3600 });
    expect(asText(config.DestinationConfig.OnFailure.Destination)).toBe(`\${${queue}.Arn}`);
  });

  test('is kept for two weeks, encrypted, and sent there over TLS alone', () => {
    const policy = only(plain.template, 'AWS::SQS::QueuePolicy').PolicyDocument.Statement;

    expect(only(plain.template, 'AWS::SQS::Queue')).toMatchObject({
      MessageRetentionPeriod: 14 * 24 * 3600,
      SqsManagedSseEnabled: true,
    });
    expect(policy).toContainEqual(
      expect.objectContaining({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
    );
  });

  test('can be kept by Scheduler, which may use the key of the queue', () => {
    const { template } = scheduled(mondays, { encrypted: true });
    const policies = Object.entries(template.findResources('AWS::IAM::Policy'));
    const [, policy] = policies.find(([id]) => id.startsWith('ScheduleScheduler'))!;
    const actions = policy['Properties'].PolicyDocument.Statement.flatMap(({ Action }: { Action: unknown }) => Action);

    expect(actions).toEqual(expect.arrayContaining(['sqs:SendMessage', 'kms:GenerateDataKey*', 'kms:Decrypt']));
  });

  test('is kept under a key of one’s own where one is given, and so is the schedule', () => {
    const { template } = scheduled(mondays, { encrypted: true });
    const [key] = Object.keys(template.findResources('AWS::KMS::Key'));

    expect(asText(only(template, 'AWS::SQS::Queue').KmsMasterKeyId)).toBe(`\${${key}.Arn}`);
    expect(asText(only(template, 'AWS::Scheduler::Schedule').KmsKeyArn)).toBe(`\${${key}.Arn}`);
  });
});

describe('the function that starts runs by the clock', () => {
  const statements = statementsOf(plain.template, 'start-scheduled-run').filter(
    ({ actions }) => !/^xray:/.test(actions[0]!),
  );
  const actions = statements.flatMap((statement) => statement.actions);

  test('may start an execution, see whether one runs, tell of a refusal, and no more', () => {
    expect(actions.filter((action) => !action.startsWith('s3:'))).toEqual([
      ...['sqs:SendMessage', 'sqs:GetQueueAttributes', 'sqs:GetQueueUrl'],
      ...['states:StartExecution', 'states:DescribeExecution', 'events:PutEvents'],
    ]);
  });

  test('reads and writes who has the loop and which execution a run has, and nothing else', () => {
    const keysOf = (action: string) =>
      statements
        .filter((statement) => statement.actions.includes(action))
        .flatMap(({ resources }) => resources.map((arn) => arn.replace(/^.*?\//, '')));
    const both = ['loops/*/running.json', 'runs/*/execution.json'];

    expect(new Set(keysOf('s3:GetObject'))).toEqual(new Set(both));
    expect(new Set(keysOf('s3:PutObject'))).toEqual(new Set(both));
    expect(actions).not.toContain('s3:DeleteObject');
  });
});

test.each([{ encrypted: false }, { encrypted: true }])('cdk-nag finds nothing that is not explained: %j', (options) => {
  const { stack } = scheduled(mondays, options);
  const { violations } = new AwsSolutionsChecks(stack).validateScope(stack);

  expect(violations.map(({ ruleName }) => ruleName).filter((name) => !ofOthers.test(name))).toEqual([]);
});
