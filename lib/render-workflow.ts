import { App, Stack } from 'aws-cdk-lib';
import { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { type State, StateGraph } from 'aws-cdk-lib/aws-stepfunctions';
import { defineWorkflow } from './workflow.ts';

/** The workflow as Amazon States Language, with functions that are named and nowhere deployed: for the local runner and tests. */
export function renderWorkflow(): WorkflowDefinition {
  const stack = new Stack(new App({ context: { 'aws:cdk:bundling-stacks': [] } }), 'Workflow');
  const start = defineWorkflow(stack, (step) =>
    LambdaFunction.fromFunctionArn(stack, `${step}-${stack.node.children.length}`, arnOf(step)),
  );
  return stack.resolve(new StateGraph(start.startState as State, 'Workflow').toGraphJson()) as WorkflowDefinition;
}

function arnOf(step: string): string {
  return `arn:aws:lambda:us-east-1:000000000000:function:${step}`;
}

/** The function that a Task calls, by its ARN, and what with. One that waits for its task token has them in its parameters. */
export function callOf({ Resource, Parameters = {} }: StateDefinition): {
  readonly resource: string;
  readonly payload: Readonly<Record<string, unknown>>;
} {
  const { FunctionName, Payload } = Parameters;
  if (typeof FunctionName !== 'string') return { resource: String(Resource), payload: Parameters };
  return { resource: FunctionName, payload: Payload as Readonly<Record<string, unknown>> };
}

/** The step behind a Task. */
export function stepOf(state: StateDefinition): string {
  const { resource } = callOf(state);
  return resource.slice(resource.lastIndexOf(':') + 1);
}

export interface WorkflowDefinition {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, StateDefinition>>;
}

export interface StateDefinition {
  readonly Type: string;
  /** Of a state that waits no plain text: it holds the partition. */
  readonly Resource?: unknown;
  readonly Parameters?: Readonly<Record<string, unknown>>;
  readonly Retry?: readonly { readonly ErrorEquals: readonly string[] }[];
  readonly Catch?: readonly { readonly ErrorEquals: readonly string[]; readonly Next: string }[];
  readonly ItemProcessor?: WorkflowDefinition;
  readonly [field: string]: unknown;
}
