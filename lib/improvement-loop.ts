import { RemovalPolicy } from 'aws-cdk-lib';
import type { ISecurityGroup, IVpc, SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { Announcements } from './announcements.ts';
import { LoopApi } from './api.ts';
import { bundleFunctions, functionFolders } from './bundle-function.ts';
import { insistOnDeployable } from './insist-on-deployable.ts';
import { letLogsUse } from './let-logs-use.ts';
import { LoopFunctions } from './loop-functions.ts';
import { LoopWorkflow } from './loop-workflow.ts';
import { FunctionMaker } from './make-function.ts';
import { LoopMonitoring } from './monitoring.ts';
import type { PreparedLoop } from './prepare-loop.ts';
import { LoopSchedule } from './schedule.ts';
import { LoopStorage } from './storage.ts';

export interface ImprovementLoopProps {
  /** `await prepareLoop('loops/support-desk.yaml')` */
  readonly loop: PreparedLoop;
  /** For each `apiKeyEnv` of the loop file, the secret that holds the key. */
  readonly secrets?: Readonly<Record<string, ISecret>>;
  /** What those secrets are encrypted with that don't know it themselves, where it is a key of yours. */
  readonly secretsKey?: IKey;
  /** E-mail addresses that are told of every ending, alarm and question. */
  readonly notify?: readonly string[];
  /** Encrypts the bucket, logs, topic, queue, schedule and environment; without it AWS's own keys do. */
  readonly encryptionKey?: IKey;
  /** Where the functions run; without it in Lambda's own network, which reaches every public endpoint. */
  readonly vpc?: { readonly vpc: IVpc; readonly subnets?: SubnetSelection; readonly securityGroups?: ISecurityGroup[] };
  /** Whether runs and students outlive the stack; true where it is left out. */
  readonly retain?: boolean;
  /** Where S3 writes down who read what of the store. */
  readonly accessLogs?: IBucket;
  readonly logRetention?: RetentionDays;
  /** Where `endpoint: sandbox` is, as the functions see it: for trials only. */
  readonly sandboxUrl?: string;
  /** What bundleFunctions made, where an app has several loops; without it, it is made now. */
  readonly bundles?: ReadonlyMap<string, string>;
}

/** One loop in an AWS account: everything that improves one student. The constructor is the table of contents. */
export class ImprovementLoop extends Construct {
  readonly storage: LoopStorage;
  readonly workflow: LoopWorkflow;
  readonly api: LoopApi;
  readonly announcements: Announcements;

  constructor(scope: Construct, id: string, props: ImprovementLoopProps) {
    super(scope, id);
    insistOnDeployable(props.loop, props);
    const { loop, encryptionKey } = props;
    if (encryptionKey) letLogsUse(encryptionKey, this);
    const logs = new LogGroup(this, 'Logs', {
      logGroupName: `/ratchet/${loop.name}`,
      retention: props.logRetention ?? RetentionDays.THREE_MONTHS,
      removalPolicy: RemovalPolicy.DESTROY,
      ...(encryptionKey ? { encryptionKey } : {}),
    });

    // Where everything is kept
    this.storage = new LoopStorage(this, 'Storage', {
      loop: loop.name,
      reuseDays: loop.document.reuseDays,
      encryptionKey,
      retain: props.retain ?? true,
      accessLogs: props.accessLogs,
    });

    // Who is told
    this.announcements = new Announcements(this, 'Announcements', {
      loop: loop.name,
      notify: props.notify ?? [],
      encryptionKey,
    });

    // What runs
    const maker = new FunctionMaker(this, 'Functions', {
      loop: loop.name,
      bundles: props.bundles ?? bundleFunctions(functionFolders()),
      logs,
      environment: { RATCHET_BUCKET: this.storage.bucket.bucketName, RATCHET_LOOP: loop.name },
      encryptionKey,
      vpc: props.vpc,
    });
    const functions = new LoopFunctions(this, 'Steps', {
      loop,
      maker,
      storage: this.storage,
      secrets: props.secrets ?? {},
      secretsKey: props.secretsKey,
      sandboxUrl: props.sandboxUrl,
    });
    this.workflow = new LoopWorkflow(this, 'Workflow', { loop: loop.name, functions, encryptionKey });

    // How it is started, by people and by the clock
    const started = { loop, maker, storage: this.storage, workflow: this.workflow, logs };
    this.api = new LoopApi(this, 'Api', { ...started, encryptionKey });
    const schedule = new LoopSchedule(this, 'Schedule', { ...started, encryptionKey });

    // How it is watched
    this.announcements.ofEndings(this.workflow.stateMachine);
    new LoopMonitoring(this, 'Monitoring', {
      loop,
      stateMachine: this.workflow.stateMachine,
      functions: maker.made,
      api: this.api.rest,
      topic: this.announcements.topic,
      logs,
      failedStarts: schedule.failedStarts,
    });
  }
}
