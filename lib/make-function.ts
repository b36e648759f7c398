import { Duration, Stack } from 'aws-cdk-lib';
import { type ISecurityGroup, type IVpc, SecurityGroup, type SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import { Effect, PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import {
  Architecture,
  Code,
  type EventInvokeConfigOptions,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { acceptKeyUse, acceptPatterns } from './accept-patterns.ts';

export interface FunctionOptions {
  /** One sentence for the console. */
  readonly description: string;
  readonly seconds: number;
  readonly memoryMiB: number;
  readonly environment?: Readonly<Record<string, string>> | undefined;
  /** Where events go that failed for good, of a function whose caller does not wait for it. */
  readonly failedTo?: IQueue;
}

export interface FunctionMakerProps {
  readonly loop: string;
  /** Directory of the bundle by folder below functions/, such as `plan-run` or `api/start-run`. */
  readonly bundles: ReadonlyMap<string, string>;
  /** All functions of a loop write to one, so that one query tells the story of a run. */
  readonly logs: ILogGroup;
  /** What every function is told. */
  readonly environment: Readonly<Record<string, string>>;
  readonly encryptionKey?: IKey | undefined;
  readonly vpc?:
    | { readonly vpc: IVpc; readonly subnets?: SubnetSelection; readonly securityGroups?: ISecurityGroup[] }
    | undefined;
}

/** Makes the functions of a loop, all alike: Node 24 on arm64, bundled, traced, with a role of its own each. */
export class FunctionMaker extends Construct {
  readonly made = new Map<string, LambdaFunction>();
  readonly #props: FunctionMakerProps;
  readonly #network: ReturnType<typeof networkIn>;

  constructor(scope: Construct, id: string, props: FunctionMakerProps) {
    super(scope, id);
    this.#props = props;
    this.#network = networkIn(this, props.vpc);
  }

  /** The function of a folder below functions/. */
  make(folder: string, options: FunctionOptions): LambdaFunction {
    const { loop, bundles, logs, encryptionKey, environment } = this.#props;
    const { description, seconds, memoryMiB, failedTo } = options;
    const bundle = bundles.get(folder);
    if (bundle === undefined) throw new Error(`functions/${folder} was not bundled.`);
    const id = folder.replace('/', '-');
    const functionName = `${loop}-${id}`;
    const made = new LambdaFunction(this, id, {
      functionName,
      description,
      role: this.#roleOf(id, functionName),
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      handler: 'index.handler',
      code: Code.fromAsset(bundle),
      timeout: Duration.seconds(seconds),
      memorySize: memoryMiB,
      environment: { ...environment, ...options.environment },
      ...(encryptionKey ? { environmentEncryption: encryptionKey } : {}),
      logGroup: logs,
      loggingFormat: LoggingFormat.JSON,
      tracing: Tracing.ACTIVE,
      ...triedAgain(failedTo),
      ...this.#network,
    });
    if (failedTo) acceptKeyUse(made);
    this.made.set(folder, made);
    return made;
  }

  /** What every function must do, which is not what AWS's managed policies give: those let it write to every log. */
  #roleOf(id: string, functionName: string): Role {
    const writesLog = new PolicyStatement({
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      resources: [this.#props.logs.logGroupArn],
    });
    const role = new Role(this, `${id}-role`, {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      description: `What the function ${functionName} may do`,
      inlinePolicies: {
        Log: new PolicyDocument({ statements: [writesLog] }),
        ...(this.#network ? { Network: inNetwork(this, functionName) } : {}),
      },
    });
    acceptPatterns(role, ['*'], 'X-Ray has no resources: whoever sends traces, sends them to the account.');
    if (this.#network) {
      const reason =
        'Lambda puts a function into a network in the name of its role, and refuses narrower ones. A second statement denies the same to the code of the function.';
      acceptPatterns(role, ['*'], reason);
    }
    return role;
  }
}

/** Where all functions run. They share a security group, and with it the interfaces that Lambda makes in each subnet. */
function networkIn(scope: Construct, given: FunctionMakerProps['vpc']) {
  if (!given) return undefined;
  const { vpc, subnets, securityGroups } = given;
  // Endpoints may be anywhere, and listen on any port; nobody calls a function by the network.
  const own = () =>
    new SecurityGroup(scope, 'SecurityGroup', { vpc, description: 'Functions of Ratchet: outward only' });
  return { vpc, securityGroups: securityGroups ?? [own()], ...(subnets ? { vpcSubnets: subnets } : {}) };
}

/** docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html, "Required IAM permissions" and "Security best practices". */
function inNetwork(scope: Construct, functionName: string): PolicyDocument {
  const actions = [
    ...['CreateNetworkInterface', 'DescribeNetworkInterfaces', 'DescribeSubnets', 'DeleteNetworkInterface'],
    ...['AssignPrivateIpAddresses', 'UnassignPrivateIpAddresses'],
  ].map((action) => `ec2:${action}`);
  const code = Stack.of(scope).formatArn({ service: 'lambda', resource: `function:${functionName}` });
  return new PolicyDocument({
    statements: [
      new PolicyStatement({ actions, resources: ['*'] }),
      new PolicyStatement({
        effect: Effect.DENY,
        actions,
        resources: ['*'],
        conditions: { ArnEquals: { 'lambda:SourceFunctionArn': code } },
      }),
    ],
  });
}

/**
 * Every step may run twice, and the workflow decides when: Lambda itself tries nothing again. Where nobody waits, it does:
 * within minutes, and then the event goes to the queue.
 */
function triedAgain(failedTo: IQueue | undefined): EventInvokeConfigOptions {
  if (!failedTo) return { retryAttempts: 0 };
  return { retryAttempts: 2, maxEventAge: Duration.hours(1), onFailure: new SqsDestination(failedTo) };
}
