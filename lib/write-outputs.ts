import { CfnOutput, type Stack } from 'aws-cdk-lib';
import type { ImprovementLoop } from './improvement-loop.ts';
import { outputs } from './outputs.ts';

/** Tells the command line where the loop of a stack is. */
export function writeOutputs(
  stack: Stack,
  { api, storage, workflow }: Pick<ImprovementLoop, 'api' | 'storage' | 'workflow'>,
  loop: string,
): void {
  const values: Record<keyof typeof outputs, { readonly value: string; readonly description: string }> = {
    apiUrl: { value: api.rest.url, description: 'Base URL of the HTTP API; requests are signed (AWS_IAM)' },
    bucket: { value: storage.bucket.bucketName, description: 'Everything that the loop has read, made and decided' },
    stateMachine: { value: workflow.stateMachine.stateMachineArn, description: 'Its executions are the runs' },
    loopName: { value: loop, description: 'Name of the loop' },
  };
  for (const [key, name] of Object.entries(outputs)) new CfnOutput(stack, name, values[key as keyof typeof outputs]);
}
