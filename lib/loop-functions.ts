import { ArnFormat, Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { letCallBedrock } from './bedrock.ts';
import type { FunctionMaker } from './make-function.ts';
import type { PreparedLoop } from './prepare-loop.ts';
import { stateMachineNameOf } from './state-machine-name.ts';
import { type StepNeeds, stepNeeds } from './step-needs.ts';
import type { LoopStorage } from './storage.ts';

export interface LoopFunctionsProps {
  readonly loop: PreparedLoop;
  readonly maker: FunctionMaker;
  readonly storage: LoopStorage;
  readonly secrets: Readonly<Record<string, ISecret>>;
  readonly secretsKey: IKey | undefined;
  readonly sandboxUrl: string | undefined;
}

/** The functions of the workflow's steps, each with a role that may do what lib/step-needs.ts says, and nothing else. */
export class LoopFunctions extends Construct {
  readonly #made = new Map<string, LambdaFunction>();
  readonly #props: LoopFunctionsProps;

  constructor(scope: Construct, id: string, props: LoopFunctionsProps) {
    super(scope, id);
    this.#props = props;
  }

  /** The function of a step, by the name of its folder. */
  step(name: string): LambdaFunction {
    const made = this.#made.get(name) ?? this.#make(name);
    this.#made.set(name, made);
    return made;
  }

  /** All functions that were asked for. */
  all(): readonly LambdaFunction[] {
    return [...this.#made.values()];
  }

  #make(name: string): LambdaFunction {
    const { maker, storage } = this.#props;
    const needs = stepNeeds[name];
    if (!needs) throw new Error(`lib/step-needs.ts does not say what the step ${name} needs.`);
    const { description, seconds, memoryMiB } = needs;
    const made = maker.make(name, { description, seconds, memoryMiB, environment: this.#environmentOf(needs) });
    storage.grant(made, needs.store);
    for (const role of needs.calls ?? []) this.#letCall(made, role);
    if (needs.announces) this.#letAnnounce(made);
    if (needs.goesOn) this.#letGoOn(made);
    if (needs.bringsStaged) this.#bringStaged(made);
    return made;
  }

  #environmentOf({ calls = [] }: StepNeeds): Record<string, string> {
    const { sandboxUrl } = this.#props;
    const variables = new Set(calls.flatMap((role) => this.#endpoint(role)?.apiKeyEnv ?? []));
    // By its name where no full ARN is known: the end of a shorter one may be taken for the random end that it lacks.
    const idOf = ({ secretFullArn, secretName }: ISecret) => secretFullArn ?? secretName;
    const ids = Object.fromEntries([...variables].map((name) => [name, idOf(this.#secretOf(name))]));
    return {
      ...(calls.length > 0 && sandboxUrl ? { RATCHET_SANDBOX_URL: sandboxUrl } : {}),
      ...(variables.size > 0 ? { RATCHET_SECRETS: Stack.of(this).toJsonString(ids) } : {}),
    };
  }

  /** By the key in its secret; Bedrock lets the function's own role in. */
  #letCall(made: LambdaFunction, role: Role): void {
    const endpoint = this.#endpoint(role);
    if (!endpoint) return;
    if (endpoint.apiKeyEnv !== undefined) this.#letReadKey(made, this.#secretOf(endpoint.apiKeyEnv));
    else letCallBedrock(made, endpoint.endpoint, this.#modelOf(role));
  }

  /** Not all that `grantRead` gives: nothing looks at the secret's description. */
  #letReadKey(made: LambdaFunction, secret: ISecret): void {
    // Named without its random end, a secret has an ARN that only a pattern can fit.
    const resources = [secret.secretFullArn ?? `${secret.secretArn}-??????`];
    made.addToRolePolicy(new PolicyStatement({ actions: ['secretsmanager:GetSecretValue'], resources }));
    (secret.encryptionKey ?? this.#props.secretsKey)?.grantDecrypt(made);
  }

  #letAnnounce(made: LambdaFunction): void {
    const bus = Stack.of(this).formatArn({ service: 'events', resource: 'event-bus', resourceName: 'default' });
    made.addToRolePolicy(new PolicyStatement({ actions: ['events:PutEvents'], resources: [bus] }));
  }

  /** By the state machine's name: it is made of these functions, so it can't be pointed at. */
  #letGoOn(made: LambdaFunction): void {
    const stateMachine = Stack.of(this).formatArn({
      service: 'states',
      resource: 'stateMachine',
      resourceName: stateMachineNameOf(this.#props.loop.name),
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    made.addEnvironment('RATCHET_STATE_MACHINE', stateMachine);
    made.addToRolePolicy(new PolicyStatement({ actions: ['states:SendTaskSuccess'], resources: [stateMachine] }));
  }

  /** The CDK command line uploads the staged files; the first run of a version copies them into the store. */
  #bringStaged(made: LambdaFunction): void {
    const { name: loop, version, files } = this.#props.loop;
    const document = new Asset(this, 'Document', { path: files.document });
    const train = new Asset(this, 'Train', { path: files.train });
    const heldOut = new Asset(this, 'HeldOut', { path: files.heldOut });
    // Not all that `grantRead` gives: in the bucket for assets is every stack of the account.
    const resources = [document, train, heldOut].map(({ bucket, s3ObjectKey }) => bucket.arnForObjects(s3ObjectKey));
    made.addToRolePolicy(new PolicyStatement({ actions: ['s3:GetObject'], resources }));
    const keys = { document: document.s3ObjectKey, train: train.s3ObjectKey, heldOut: heldOut.s3ObjectKey };
    const staged = { bucket: document.s3BucketName, loop, version, ...keys };
    made.addEnvironment('RATCHET_STAGED', Stack.of(this).toJsonString(staged));
  }

  #endpoint(role: Role) {
    return this.#props.loop.document[role];
  }

  /** A candidate has a name that nobody knows before it is trained. */
  #modelOf(role: Role): string {
    return role === 'teacher' ? this.#props.loop.document.teacher.model : '*';
  }

  #secretOf(variable: string): ISecret {
    const secret = this.#props.secrets[variable];
    // insist-on-deployable.ts has looked.
    if (!secret) throw new Error(`No secret is given for ${variable}.`);
    return secret;
  }
}

type Role = 'student' | 'teacher' | 'trainer';
