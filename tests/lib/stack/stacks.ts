import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { type IVpc, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Bucket, type IBucket } from 'aws-cdk-lib/aws-s3';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import type { Loop } from '../../../core/loop.ts';
import { functionFolders } from '../../../lib/bundle-function.ts';
import { ImprovementLoop, type ImprovementLoopProps } from '../../../lib/improvement-loop.ts';
import { LoopStack } from '../../../lib/loop-stack.ts';
import { type PreparedLoop, prepareLoop } from '../../../lib/prepare-loop.ts';
import { readSettings } from '../../../lib/settings.ts';

const root = join(import.meta.dirname, '../../..');
const directory = mkdtempSync(join(tmpdir(), 'ratchet-stack-'));
process.once('exit', () => rmSync(directory, { recursive: true, force: true }));

export const sandboxUrl = 'https://sandbox.example.com/v1';
export const supportDesk = await prepareLoop(join(root, 'loops/support-desk.yaml'), join(directory, 'staged'));

/** Functions that do nothing: what is in them, tests/lib/bundle-function.test.ts looks at. */
const bundles = new Map(
  functionFolders().map((folder) => {
    const bundle = join(directory, 'functions', folder);
    mkdirSync(bundle, { recursive: true });
    writeFileSync(join(bundle, 'index.mjs'), 'export const handler = () => {};');
    return [folder, bundle];
  }),
);

export interface Synthesized {
  readonly stack: Stack;
  /** The construct of the loop, without what is scratch around it. */
  readonly loop: Construct;
  readonly template: Template;
}

/** The real stack of loops/support-desk.yaml, as `cdk deploy` makes it with these settings. */
export function loopStack(context: Readonly<Record<string, unknown>> = {}): Synthesized {
  const settings = readSettings((name) => ({ loop: 'loops/support-desk.yaml', sandboxUrl, ...context })[name]);
  const stack = new LoopStack(new App(), 'Desk', { loop: supportDesk, settings, bundles });
  return { stack, loop: stack.node.findChild('Loop') as Construct, template: Template.fromStack(stack) };
}

const bedrock = 'https://bedrock-runtime.us-west-2.amazonaws.com/openai/v1';
export const secretsKey = 'arn:aws:kms:us-east-1:111122223333:key/5678abcd-12ab-34cd-56ef-1234567890ab';
export const trainerSecret = 'arn:aws:secretsmanager:us-east-1:111122223333:secret:trainer-key-AbCdEf';

/** The same loop with every option: a key, a network, secrets by name and by ARN, a teacher without a key, the rest too. */
export function fullStack(): Synthesized {
  return withProps((stack) => ({
    loop: changed({
      student: {
        ...supportDesk.document.student,
        endpoint: 'https://student.example.com/v1',
        apiKeyEnv: 'STUDENT_KEY',
      },
      teacher: { ...supportDesk.document.teacher, endpoint: bedrock, model: 'openai.gpt-oss-120b-1:0' },
      trainer: { ...trainer(), endpoint: 'https://trainer.example.com/v1', apiKeyEnv: 'TRAINER_KEY' },
      reuseDays: 0,
      budget: { usd: 3 },
    }),
    secrets: {
      STUDENT_KEY: Secret.fromSecretNameV2(stack, 'StudentKey', 'student-key'),
      TRAINER_KEY: Secret.fromSecretCompleteArn(stack, 'TrainerKey', trainerSecret),
    },
    secretsKey: Key.fromKeyArn(stack, 'SecretsKey', secretsKey),
    notify: ['ada@example.com'],
    encryptionKey: new Key(stack, 'Given'),
    vpc: { vpc: new Vpc(stack, 'Vpc') as IVpc, subnets: { subnetType: SubnetType.PRIVATE_WITH_EGRESS } },
    retain: false,
    accessLogs: new Bucket(stack, 'AccessLogs') as IBucket,
  }));
}

/** Student, teacher and trainer on Bedrock, none of them with a key. */
export function bedrockStack(): Synthesized {
  return withProps(() => ({
    loop: changed({
      student: { ...supportDesk.document.student, endpoint: bedrock },
      teacher: { ...supportDesk.document.teacher, endpoint: bedrock },
      trainer: { ...trainer(), endpoint: 'https://bedrock-mantle.us-west-2.api.aws/v1' },
    }),
  }));
}

function withProps(props: (stack: Stack) => ImprovementLoopProps): Synthesized {
  const stack = new Stack(new App(), 'Scratch');
  const loop = new ImprovementLoop(stack, 'Loop', { bundles, ...props(stack) });
  return { stack, loop, template: Template.fromStack(stack) };
}

function changed(document: Partial<Loop>): PreparedLoop {
  const schedule = { cron: 'cron(0 3 ? * MON *)', timeZone: 'Europe/Paris', paused: false };
  return { ...supportDesk, schedule, document: { ...supportDesk.document, ...document } };
}

function trainer(): NonNullable<Loop['trainer']> {
  return supportDesk.document.trainer!;
}

/** What CloudFormation is told of each resource of a type, by its logical id. */
export function allOf(template: Template, type: string): Record<string, Properties> {
  const found = Object.entries(template.findResources(type));
  return Object.fromEntries(found.map(([id, { Properties }]) => [id, Properties]));
}

/** The functions of the loop, by the folder of their code. */
export function functionsIn(template: Template): [folder: string, Properties][] {
  return Object.values(allOf(template, 'AWS::Lambda::Function')).flatMap((made) => {
    const folder = folderOf(made);
    return folder === undefined ? [] : [[folder, made]];
  });
}

/** CDK's own functions have no names. */
export function folderOf({ FunctionName }: Properties): string | undefined {
  return functionFolders().find((folder) => FunctionName === `${supportDesk.name}-${folder.replace('/', '-')}`);
}

export type Properties = ReturnType<Template['findResources']>[string];
