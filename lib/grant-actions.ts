import { ArnFormat, Stack } from 'aws-cdk-lib';
import { Grant } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { acceptPatterns } from './accept-patterns.ts';

/** What a route, or the schedule, may do besides reading and writing the store. */
export type Action =
  | 'start-execution'
  | 'list-executions'
  | 'describe-execution'
  | 'read-history'
  | 'stop-execution'
  | 'redrive-execution'
  | 'answer-task'
  | 'read-log'
  | 'announce';

/** Lets a function act on the executions of one loop, or read its log, and nothing else. */
export function grantActions(
  to: IFunction,
  actions: readonly Action[],
  { stateMachine, logs }: { readonly stateMachine: StateMachine; readonly logs: ILogGroup },
): void {
  const executions = executionsOf(stateMachine);
  const meanings: Record<Action, { readonly actions: string[]; readonly resource: string }> = {
    'start-execution': { actions: ['states:StartExecution'], resource: stateMachine.stateMachineArn },
    'list-executions': { actions: ['states:ListExecutions'], resource: stateMachine.stateMachineArn },
    'describe-execution': { actions: ['states:DescribeExecution'], resource: executions },
    'read-history': { actions: ['states:GetExecutionHistory'], resource: executions },
    'stop-execution': { actions: ['states:StopExecution'], resource: executions },
    'redrive-execution': { actions: ['states:RedriveExecution'], resource: executions },
    // A token can't be narrowed down further than to the state machine that has given it.
    'answer-task': {
      actions: ['states:SendTaskSuccess', 'states:SendTaskFailure'],
      resource: stateMachine.stateMachineArn,
    },
    announce: {
      actions: ['events:PutEvents'],
      resource: Stack.of(stateMachine).formatArn({ service: 'events', resource: 'event-bus', resourceName: 'default' }),
    },
    'read-log': { actions: ['logs:FilterLogEvents'], resource: logs.logGroupArn },
  };
  for (const action of actions) {
    const { actions: names, resource } = meanings[action];
    Grant.addToPrincipal({ grantee: to, actions: names, resourceArns: [resource] });
  }
  acceptPatterns(
    to,
    [executions],
    'Executions are named when they are started: this is all those of one state machine.',
  );
}

/** Executions are named by whoever starts them, so that a pattern has to cover all those of the state machine. */
function executionsOf(stateMachine: StateMachine): string {
  return Stack.of(stateMachine).formatArn({
    service: 'states',
    resource: 'execution',
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    resourceName: `${stateMachine.stateMachineName}:*`,
  });
}
