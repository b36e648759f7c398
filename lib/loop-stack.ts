import { Stack, type StackProps } from 'aws-cdk-lib';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { Key } from 'aws-cdk-lib/aws-kms';
import { type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { ImprovementLoop, type ImprovementLoopProps } from './improvement-loop.ts';
import { retentionOf } from './log-retention.ts';
import type { PreparedLoop } from './prepare-loop.ts';
import type { Settings } from './settings.ts';
import { writeOutputs } from './write-outputs.ts';

export interface LoopStackProps extends StackProps {
  readonly loop: PreparedLoop;
  readonly settings: Settings;
  /** Where an app has several loops. */
  readonly bundles?: ImprovementLoopProps['bundles'];
}

/** One loop as a stack: its settings as what ImprovementLoop wants. */
export class LoopStack extends Stack {
  constructor(scope: Construct, id: string, { loop, settings, bundles, ...props }: LoopStackProps) {
    super(scope, id, { description: `Ratchet: improves the student of the loop ${loop.name}`, ...props });
    const improvement = new ImprovementLoop(this, 'Loop', {
      loop,
      ...(bundles ? { bundles } : {}),
      secrets: Object.fromEntries(Object.entries(settings.secrets).map(([name, id]) => [name, this.#secret(name, id)])),
      ...(settings.secretsKey ? { secretsKey: Key.fromKeyArn(this, 'SecretsKey', settings.secretsKey) } : {}),
      notify: settings.notify,
      retain: settings.retain,
      logRetention: retentionOf(settings.logDays),
      ...(settings.kmsKey ? { encryptionKey: Key.fromKeyArn(this, 'Key', settings.kmsKey) } : {}),
      ...(settings.vpc ? { vpc: { vpc: Vpc.fromLookup(this, 'Vpc', { vpcId: settings.vpc }) } } : {}),
      ...(settings.sandboxUrl ? { sandboxUrl: settings.sandboxUrl } : {}),
    });
    writeOutputs(this, improvement, loop.name);
  }

  #secret(variable: string, nameOrArn: string): ISecret {
    const id = `Secret-${variable}`;
    return nameOrArn.startsWith('arn:')
      ? Secret.fromSecretCompleteArn(this, id, nameOrArn)
      : Secret.fromSecretNameV2(this, id, nameOrArn);
  }
}
