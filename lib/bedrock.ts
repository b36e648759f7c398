import { Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { acceptPatterns } from './accept-patterns.ts';

const HOST = /^https:\/\/(bedrock-runtime|bedrock-mantle)\.([a-z0-9-]+)\.(?:amazonaws\.com|api\.aws)\//;

/** Keys that a role makes for itself, good for an hour; not the long-term ones that people make. */
const SHORT_TERM = 'SHORT_TERM';

const ANY_TOKEN = 'AWS knows no resource for calls with a token. Only tokens that a role makes for itself are let in.';
const ANY_MODEL = 'Models of one region: a candidate has a name that nobody knows before it is trained.';

/**
 * Lets a function call a model by Bedrock's OpenAI-compatible API with a token of its own
 * (docs.aws.amazon.com/bedrock/latest/userguide/api-keys-permissions.html); nothing for any other endpoint.
 */
export function letCallBedrock(to: LambdaFunction, endpoint: string, model: string): void {
  for (const statement of statementsFor(to, endpoint, model)) {
    to.addToRolePolicy(statement);
    acceptPatterns(to, statement.resources, statement.resources.includes('*') ? ANY_TOKEN : ANY_MODEL);
  }
}

function statementsFor(scope: Construct, endpoint: string, model: string): PolicyStatement[] {
  const [, service = '', region = ''] = HOST.exec(endpoint) ?? [];
  if (service === 'bedrock-runtime') return ofRuntime(scope, region, model);
  return service === 'bedrock-mantle' ? ofMantle(scope, region) : [];
}

function ofRuntime(scope: Construct, region: string, model: string): PolicyStatement[] {
  const arn = Stack.of(scope).formatArn({
    service: 'bedrock',
    region,
    account: '',
    resource: 'foundation-model',
    resourceName: model,
  });
  return [mayUseToken('bedrock'), new PolicyStatement({ actions: ['bedrock:InvokeModel'], resources: [arn] })];
}

/** Its models are not resources of their own; the project that every account has is. */
function ofMantle(scope: Construct, region: string): PolicyStatement[] {
  const project = { service: 'bedrock-mantle', region, resource: 'project', resourceName: 'default' };
  const resources = [Stack.of(scope).formatArn(project)];
  return [
    mayUseToken('bedrock-mantle'),
    new PolicyStatement({
      actions: [
        ...['CreateInference', 'CreateFile', 'GetFile'],
        ...['CreateFineTuningJob', 'GetFineTuningJob', 'ListFineTuningJobs', 'CancelFineTuningJob'],
      ].map((action) => `bedrock-mantle:${action}`),
      resources,
    }),
  ];
}

/** AWS knows no resource for this action: which token it may be is limited instead. */
function mayUseToken(service: 'bedrock' | 'bedrock-mantle'): PolicyStatement {
  return new PolicyStatement({
    actions: [`${service}:CallWithBearerToken`],
    resources: ['*'],
    conditions: { StringEquals: { [`${service}:BearerTokenType`]: SHORT_TERM } },
  });
}
