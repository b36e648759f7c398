import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { IntegrationPattern, JsonPath, type RetryProps, TaskInput, type Timeout } from 'aws-cdk-lib/aws-stepfunctions';
import { LambdaInvoke } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import type { Construct } from 'constructs';
import { retries } from './retries.ts';

/** The function of a step, by the name of its folder below functions/. */
export type StepFunctions = (step: string) => IFunction;

export interface StepOptions {
  /** Fields of the state that the step gets, under the same names. */
  readonly takes: readonly string[];
  /** What it gets besides. */
  readonly also?: Readonly<Record<string, unknown>>;
  /** Where in the state the step's answer goes; without it the answer is dropped. */
  readonly answer?: string;
  /** The folder of the function, where the state's name doesn't tell it. */
  readonly folder?: string;
  /** Waits so long for somebody to send the task token back, after the function has answered. */
  readonly waits?: Timeout;
  /** Instead of the usual ones. */
  readonly retries?: readonly RetryProps[];
}

/** One Task state and the function behind it: "Sample responses" is functions/sample-responses. */
export function step(scope: Construct, name: string, functions: StepFunctions, options: StepOptions): LambdaInvoke {
  const payload = Object.fromEntries(options.takes.map((field) => [field, JsonPath.objectAt(`$.${field}`)]));
  const task = new LambdaInvoke(scope, name, {
    lambdaFunction: functions(options.folder ?? folderOf(name)),
    payload: TaskInput.fromObject({ ...payload, ...options.also }),
    ...(options.waits
      ? { integrationPattern: IntegrationPattern.WAIT_FOR_TASK_TOKEN, taskTimeout: options.waits }
      : { payloadResponseOnly: true }),
    // Without a ResultPath the answer is the whole new state; written as `$` the local engine loses it.
    ...(options.answer === '$' ? {} : { resultPath: options.answer ?? JsonPath.DISCARD }),
    // Our own retries say for how long in all; the construct's defaults would come on top.
    retryOnServiceExceptions: false,
  });
  for (const retry of options.retries ?? retries) task.addRetry(retry);
  return task;
}

/** One name travels: the state "Build pairs" runs functions/build-pairs. */
export function folderOf(stateName: string): string {
  return stateName.toLowerCase().replaceAll(' ', '-');
}
