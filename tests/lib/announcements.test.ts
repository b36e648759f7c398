import { beforeAll, describe, expect, test } from '@jest/globals';
import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Key } from 'aws-cdk-lib/aws-kms';
import { DefinitionBody, Pass, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { AwsSolutionsChecks } from 'cdk-nag';
import { Announcements } from '../../lib/announcements.ts';

interface Options {
  readonly givenKey?: boolean;
  readonly region?: string;
}

function stackOf({ givenKey = false, region }: Options = {}): Stack {
  const stack = new Stack(new App(), 'Scratch', region === undefined ? {} : { env: { region } });
  const announcements = new Announcements(stack, 'Announcements', {
    loop: 'desk',
    notify: ['ada@example.com', 'grace@example.com'],
    ...(givenKey ? { encryptionKey: new Key(stack, 'Given') } : {}),
  });
  announcements.ofEndings(
    new StateMachine(stack, 'Machine', { definitionBody: DefinitionBody.fromChainable(new Pass(stack, 'Pass')) }),
  );
  return stack;
}

const ofThisAccount = { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } };
const templateOf = (options: Options = {}) => Template.fromStack(stackOf(options));

interface Pattern {
  readonly source: readonly string[];
  readonly 'detail-type': readonly string[];
  readonly detail: Readonly<Record<string, unknown>>;
}

interface RuleProperties {
  readonly Description: string;
  readonly EventPattern: Pattern;
  readonly Targets: readonly {
    readonly Arn: unknown;
    readonly InputTransformer: { readonly InputPathsMap: Record<string, string>; readonly InputTemplate: unknown };
  }[];
}

let template: Template;
beforeAll(() => {
  template = templateOf();
});
const rules = (of = template): RuleProperties[] =>
  Object.values(of.findResources('AWS::Events::Rule')).map((rule) => rule['Properties']);
const ruleOf = (description: string, of = template): RuleProperties =>
  rules(of).find(({ Description }) => Description.startsWith(description))!;

/** The message as SNS gets it, with names in angle brackets in place of fields. */
function messageOf({ Targets }: RuleProperties): string {
  const template = Targets[0]?.InputTransformer.InputTemplate;
  if (typeof template === 'string') return template;
  const [, parts] = (template as { 'Fn::Join': [string, unknown[]] })['Fn::Join'];
  return parts.map((part) => (typeof part === 'string' ? part : 'token')).join('');
}

describe('the topic of a loop', () => {
  test('tells everybody who is to be told, by mail', () => {
    for (const Endpoint of ['ada@example.com', 'grace@example.com']) {
      template.hasResourceProperties('AWS::SNS::Subscription', { Protocol: 'email', Endpoint });
    }
  });

  test('takes nothing that does not come by TLS', () => {
    template.hasResourceProperties('AWS::SNS::TopicPolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Effect: 'Deny',
            Action: 'sns:Publish',
            Condition: { Bool: { 'aws:SecureTransport': 'false' } },
          }),
        ]),
      },
    });
  });

  test.each([
    ['of its own', false, /^AnnouncementsKey/],
    ['that is given', true, /^Given/],
  ])('is encrypted with a key %s, which rules and the alarms of this account may use', (_, givenKey, id) => {
    const encrypted = templateOf({ givenKey });
    const [topic] = Object.values(encrypted.findResources('AWS::SNS::Topic'));

    expect(topic?.['Properties'].KmsMasterKeyId['Fn::GetAtt'][0]).toMatch(id);
    encrypted.resourceCountIs('AWS::KMS::Key', 1);
    const [key] = Object.values(encrypted.findResources('AWS::KMS::Key'));
    const use = { Effect: 'Allow', Action: ['kms:Decrypt', 'kms:GenerateDataKey*'], Resource: '*' };
    // With a condition EventBridge could tell nobody.
    expect(key?.['Properties'].KeyPolicy.Statement.slice(1)).toEqual([
      { ...use, Principal: { Service: 'events.amazonaws.com' } },
      { ...use, Principal: { Service: 'cloudwatch.amazonaws.com' }, Condition: ofThisAccount },
    ]);
  });

  test('is open to rules, and to the alarms of this account alone', () => {
    const allowed = (Service: string, Condition: object) =>
      Match.objectLike({ Effect: 'Allow', Action: 'sns:Publish', Principal: { Service }, Condition });
    template.hasResourceProperties('AWS::SNS::TopicPolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          allowed('cloudwatch.amazonaws.com', ofThisAccount),
          allowed('events.amazonaws.com', Match.absent()),
        ]),
      },
    });
  });
});

describe('what is told', () => {
  test('goes to the topic', () => {
    expect(rules().map(({ Targets }) => Targets[0]?.Arn)).toEqual(
      rules().map(() => ({ Ref: expect.stringMatching(/^AnnouncementsTopic/) })),
    );
  });

  test('of what the functions announce, is of this loop alone', () => {
    const announced = rules().filter(({ EventPattern }) => EventPattern.source.includes('ratchet'));

    expect(announced.map(({ EventPattern }) => EventPattern['detail-type'][0]).toSorted()).toEqual([
      'Approval wanted',
      'Run ended',
      'Run refused',
    ]);
    for (const { EventPattern } of announced) expect(EventPattern.detail['loop']).toEqual(['desk']);
  });

  test('of executions, is of this state machine alone, and not that one has begun or ended well', () => {
    const executions = rules().filter(({ EventPattern }) => EventPattern.source.includes('aws.states'));

    const machine = [{ Ref: expect.stringMatching(/^Machine/) }];
    expect(executions.map(({ EventPattern }) => EventPattern.detail['stateMachineArn'])).toEqual([machine, machine]);
    expect(executions.flatMap(({ EventPattern }) => EventPattern.detail['status'])).toEqual([
      'FAILED',
      'TIMED_OUT',
      'ABORTED',
    ]);
  });

  test('of a run that has failed, is told once: by Step Functions, which tells it always', () => {
    expect(ruleOf('A run has ended').EventPattern.detail['ending']).toEqual([{ 'anything-but': ['failed'] }]);
  });

  test.each([
    ['A run has ended', ['run', 'ending', 'says', 'summary', 'report', 'console']],
    ['A run has failed', ['name', 'error', 'executionArn']],
    ['A run was stopped', ['name', 'status', 'executionArn']],
    ['A run waits for approval', ['run', 'before', 'round', 'summary', 'until', 'console']],
    ['A run was not started', ['run', 'running']],
  ])('where "%s", says what a reader needs', (description, fields) => {
    const { InputPathsMap } = ruleOf(description).Targets[0]!.InputTransformer;

    expect(Object.values(InputPathsMap).toSorted()).toEqual(fields.map((name) => `$.detail.${name}`).toSorted());
  });

  test('is lines of text, each as JSON, which is what EventBridge takes', () => {
    for (const rule of rules()) {
      for (const line of messageOf(rule).split('\n')) expect(line).toMatch(/^"[^"]+"$/);
    }
  });

  test('of a run that has failed, says how to see why', () => {
    expect(messageOf(ruleOf('A run has failed'))).toContain('ratchet -- status <detail-name> --stack Scratch, or GET ');
  });

  test.each([
    ['eu-central-1', 'https://eu-central-1.console.aws.amazon.com/'],
    ['cn-north-1', 'https://cn-north-1.console.amazonaws.cn/'],
    ['us-gov-west-1', 'https://us-gov-west-1.console.amazonaws-us-gov.com/'],
  ])('of an execution in %s, leads to the console that is there', (region, host) => {
    const inRegion = templateOf({ region });

    for (const description of ['A run has failed', 'A run was stopped']) {
      expect(messageOf(ruleOf(description, inRegion))).toContain(`${host}states/home?region=${region}#/`);
    }
  });

  test('names the pages that help', () => {
    const links = rules().flatMap((rule) => messageOf(rule).match(/docs\/[a-z-]+\.md(#[a-z-]+)?/g) ?? []);

    expect(new Set(links)).toEqual(
      new Set(['docs/errors.md', 'docs/runbook.md#run-failed', 'docs/api.md', 'docs/runbook.md#run-takes-too-long']),
    );
  });
});

test('cdk-nag finds nothing in it', () => {
  const stack = stackOf();
  const { violations } = new AwsSolutionsChecks(stack).validateScope(stack);

  // The state machine is scratch.
  expect(violations.map(({ ruleName }) => ruleName).filter((name) => !/-SF\d$/.test(name))).toEqual([]);
});
