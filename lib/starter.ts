import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { LoopWorkflow } from './loop-workflow.ts';
import type { FunctionMaker } from './make-function.ts';
import type { PreparedLoop } from './prepare-loop.ts';
import type { LoopStorage } from './storage.ts';

/** What starts and follows runs by: the API, and the schedule. */
export interface StarterProps {
  readonly loop: Pick<PreparedLoop, 'name' | 'version' | 'document'>;
  readonly maker: FunctionMaker;
  readonly storage: LoopStorage;
  readonly workflow: Pick<LoopWorkflow, 'stateMachine'>;
  /** Where the functions of the loop log. */
  readonly logs: ILogGroup;
  readonly encryptionKey?: IKey | undefined;
}

/** What functions/api-services.ts reads, besides what every function is told. */
export function starterEnvironment({ loop, workflow, logs }: StarterProps): Record<string, string> {
  return {
    RATCHET_VERSION: loop.version,
    RATCHET_SEED: String(loop.document.seed),
    RATCHET_STATE_MACHINE: workflow.stateMachine.stateMachineArn,
    RATCHET_LOG_GROUP: logs.logGroupName,
  };
}
