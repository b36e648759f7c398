import { App, Duration, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { RestApi } from 'aws-cdk-lib/aws-apigateway';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { DefinitionBody, Pass, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import type { Loop } from '../../core/loop.ts';
import { LoopMonitoring } from '../../lib/monitoring.ts';
import { runOf } from '../functions/shard-fixture.ts';

const steps = ['plan-run', 'sample-responses', 'judge-responses', 'build-pairs', 'write-report'];

/** A loop named desk that is watched, with a few functions that do nothing. */
export function monitored({
  change = {},
  scheduled = true,
}: {
  change?: Partial<Loop>;
  scheduled?: boolean;
} = {}): Template {
  const stack = new Stack(new App(), 'Scratch');
  const functions = new Map(
    steps.map((step) => [
      step,
      new LambdaFunction(stack, step, {
        runtime: Runtime.NODEJS_24_X,
        handler: 'index.handler',
        code: Code.fromInline('exports.handler = () => {};'),
        timeout: Duration.seconds(300),
      }),
    ]),
  );
  const api = new RestApi(stack, 'Api');
  api.root.addMethod('GET');
  new LoopMonitoring(stack, 'Monitoring', {
    loop: { document: { ...runOf().loop, ...change } },
    stateMachine: new StateMachine(stack, 'Machine', {
      definitionBody: DefinitionBody.fromChainable(new Pass(stack, 'Pass')),
    }),
    functions,
    api,
    topic: new Topic(stack, 'Topic'),
    logs: new LogGroup(stack, 'Logs'),
    failedStarts: scheduled ? new Queue(stack, 'FailedStarts') : undefined,
  });
  return Template.fromStack(stack);
}

export interface AlarmProperties {
  readonly AlarmName: string;
  readonly AlarmDescription: string;
  readonly AlarmActions: readonly unknown[];
  readonly TreatMissingData: string;
  readonly Threshold: number;
  readonly Metrics?: readonly { readonly MetricStat?: unknown; readonly Expression?: string }[];
}

export function alarmsIn(template: Template): AlarmProperties[] {
  return Object.values(template.findResources('AWS::CloudWatch::Alarm')).map(({ Properties }) => Properties);
}

export interface Widget {
  readonly type: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly properties: {
    readonly title?: string;
    readonly markdown?: string;
    readonly yAxis?: { readonly left?: { readonly label?: string; readonly min?: number } };
    readonly annotations?: { readonly horizontal?: readonly { readonly value: number }[] };
    readonly metrics?: readonly (readonly unknown[])[];
  };
}

/** Names of resources stand in place of what CloudFormation puts there. */
export function widgetsIn(from: Template): Widget[] {
  const [dashboard] = Object.values(from.findResources('AWS::CloudWatch::Dashboard'));
  const [, parts] = dashboard!['Properties'].DashboardBody['Fn::Join'] as [string, unknown[]];
  const body = parts.map((part) => (typeof part === 'string' ? part : 'token')).join('');
  return JSON.parse(body).widgets;
}

export const graphTitlesIn = (from: Template): string[] =>
  widgetsIn(from).flatMap(({ properties: { title } }) => (title === undefined ? [] : [title]));
