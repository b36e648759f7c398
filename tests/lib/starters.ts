import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import type { Template } from 'aws-cdk-lib/assertions';
import { Key } from 'aws-cdk-lib/aws-kms';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { DefinitionBody, Pass, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { routes } from '../../lib/api/routes.ts';
import { FunctionMaker } from '../../lib/make-function.ts';
import type { StarterProps } from '../../lib/starter.ts';
import { LoopStorage } from '../../lib/storage.ts';

/** A stack with everything that starts runs needs, and functions that do nothing. */
export function scratchStack({ encrypted = false } = {}): { stack: Stack; props: StarterProps } {
  const stack = new Stack(new App(), 'Scratch');
  const encryptionKey = encrypted ? new Key(stack, 'Key') : undefined;
  const logs = new LogGroup(stack, 'Logs', { logGroupName: '/ratchet/desk' });
  const storage = new LoopStorage(stack, 'Storage', { loop: 'desk', reuseDays: 0, encryptionKey, retain: true });
  const maker = new FunctionMaker(stack, 'Functions', {
    loop: 'desk',
    bundles: stubBundles(),
    logs,
    environment: { RATCHET_BUCKET: storage.bucket.bucketName, RATCHET_LOOP: 'desk' },
    encryptionKey,
  });
  const stateMachine = new StateMachine(stack, 'StateMachine', {
    stateMachineName: 'ratchet-desk',
    definitionBody: DefinitionBody.fromChainable(new Pass(stack, 'Pass')),
  });
  const loop = { name: 'desk', version: '0123456789abcdef', document: { seed: 7 } } as StarterProps['loop'];
  return { stack, props: { loop, maker, storage, workflow: { stateMachine }, logs, encryptionKey } };
}

let bundles: ReadonlyMap<string, string> | undefined;

function stubBundles(): ReadonlyMap<string, string> {
  if (bundles) return bundles;
  const directory = mkdtempSync(join(tmpdir(), 'ratchet-bundles-'));
  const folders = [...routes.map(({ folder }) => `api/${folder}`), 'start-scheduled-run'];
  bundles = new Map(folders.map((folder) => [folder, stubBundle(join(directory, folder))]));
  return bundles;
}

function stubBundle(directory: string): string {
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, 'index.mjs'), 'export const handler = () => {};');
  return directory;
}

/** What a policy says to one function's role: `[actions, resources]`, with names of resources resolved to their logical ids. */
export interface Statement {
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly condition: unknown;
}

/** The statements of the policy of one function, by the folder of its code. */
export function statementsOf(template: Template, folder: string): Statement[] {
  const [found] = Object.values(
    template.findResources('AWS::Lambda::Function', {
      Properties: { FunctionName: `desk-${folder.replace('/', '-')}` },
    }),
  );
  const role = found?.['Properties'].Role['Fn::GetAtt'][0];
  return Object.values(template.findResources('AWS::IAM::Policy'))
    .filter(({ Properties }) => Properties.Roles.some((each: { Ref: string }) => each.Ref === role))
    .flatMap(({ Properties }) => Properties.PolicyDocument.Statement)
    .map(({ Action, Resource, Condition }) => ({
      actions: [Action].flat(),
      resources: [Resource].flat().map(asText),
      condition: Condition,
    }));
}

/** An intrinsic function as text: `${Bucket.Arn}/runs/*`. */
export function asText(value: unknown): string {
  if (typeof value === 'string') return value;
  const [[name, inside] = []] = Object.entries(value as Record<string, unknown>);
  if (name === 'Ref') return `\${${inside}}`;
  if (name === 'Fn::GetAtt') return `\${${(inside as string[]).join('.')}}`;
  if (name === 'Fn::Join') return (inside as [string, unknown[]])[1].map(asText).join((inside as [string])[0]);
  return JSON.stringify(value);
}

/** Findings of cdk-nag for which FunctionMaker, LoopStorage, and what is scratch here answer. */
export const ofOthers = /IAM4\[.*AWSLambdaBasicExecutionRole\]|IAM5\[Resource::\*\]|-S1$|-SF\d$|-KMS5$/;
