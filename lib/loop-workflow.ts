import { ArnFormat, RemovalPolicy, Stack } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { DefinitionBody, LogLevel, StateMachine, StateMachineType } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { acceptPatterns } from './accept-patterns.ts';
import type { LoopFunctions } from './loop-functions.ts';
import { stateMachineNameOf } from './state-machine-name.ts';
import { defineWorkflow } from './workflow.ts';

export interface LoopWorkflowProps {
  readonly loop: string;
  readonly functions: LoopFunctions;
  readonly encryptionKey?: IKey | undefined;
}

/** The state machine that executes lib/workflow.ts. The execution of a run has the run's name. */
export class LoopWorkflow extends Construct {
  readonly stateMachine: StateMachine;

  constructor(scope: Construct, id: string, { loop, functions, encryptionKey }: LoopWorkflowProps) {
    super(scope, id);
    this.stateMachine = new StateMachine(this, 'StateMachine', {
      stateMachineName: stateMachineNameOf(loop),
      // The other type forgets what it did, and ends after five minutes.
      stateMachineType: StateMachineType.STANDARD,
      comment: `Improves the student of the loop ${loop}`,
      definitionBody: DefinitionBody.fromChainable(defineWorkflow(this, (step) => functions.step(step))),
      // Not encrypted with the key that is given: EventBridge is told no error of such executions, and mails would lack it.
      tracingEnabled: true,
      logs: {
        level: LogLevel.ALL,
        // The state holds names and numbers, never a prompt or a response.
        includeExecutionData: true,
        destination: new LogGroup(this, 'Logs', {
          // This prefix keeps the account's policy for log deliveries short.
          logGroupName: `/aws/vendedlogs/states/ratchet-${loop}`,
          retention: RetentionDays.THREE_MONTHS,
          removalPolicy: RemovalPolicy.DESTROY,
          ...(encryptionKey ? { encryptionKey } : {}),
        }),
      },
    });
    explainFindings(this.stateMachine, functions);
  }
}

/** All of these policies are made by CDK. */
function explainFindings(stateMachine: StateMachine, functions: LoopFunctions): void {
  const stack = Stack.of(stateMachine);
  const { resourceName } = stack.splitArn(stateMachine.stateMachineArn, ArnFormat.COLON_RESOURCE_NAME);
  const executions = (pattern: string) =>
    stack.formatArn({
      service: 'states',
      resource: 'execution',
      resourceName: `${resourceName}${pattern}`,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
  acceptPatterns(
    stateMachine,
    [executions(':*'), executions('/*:*')],
    'Shards are executions of their own, which the maps of this state machine start and name; redriven, it goes on with them.',
  );
  acceptPatterns(
    stateMachine,
    functions.all().map(({ functionArn }) => `${functionArn}:*`),
    'The versions of one function; it has none.',
  );
  acceptPatterns(
    stateMachine,
    ['*'],
    'AWS knows no resources for deliveries of logs, which CloudWatch keeps for the account, and none for traces.',
  );
}
