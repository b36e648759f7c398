import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { AccountPrincipal, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { AwsSolutionsChecks } from 'cdk-nag';
import type * as z from 'zod';
import { problemSchema, startRunSchema } from '../../core/api.ts';
import { nothing, type Route as RouteOfFunction } from '../../functions/api/define-route.ts';
import { parametersIn } from '../../lib/api/request-checks.ts';
import { type Route, routes } from '../../lib/api/routes.ts';
import { LoopApi } from '../../lib/api.ts';
import { asText, ofOthers, scratchStack } from './starters.ts';

type Handled = RouteOfFunction<z.ZodObject, z.ZodType, z.ZodType, z.ZodType, unknown>;

const { stack, props } = scratchStack();
new LoopApi(stack, 'Api', props);
const template = Template.fromStack(stack);

const all = (type: string) => Object.values(template.findResources(type));
const methods = () => all('AWS::ApiGateway::Method').map(({ Properties }) => Properties);
const methodOf = ({ folder }: Route) => methods().find(({ OperationName }) => OperationName === folder)!;
const stage = () => all('AWS::ApiGateway::Stage')[0]!;

describe('the routes', () => {
  test('are those that there are functions for', () => {
    const missing = routes.filter(
      ({ folder }) => !existsSync(join(import.meta.dirname, '../../functions/api', folder, 'index.ts')),
    );

    expect(missing.map(({ folder }) => folder)).toEqual([]);
  });

  test('are all in the API, each with its own function, and nothing else is', () => {
    const paths = pathsOf(template);
    const deployed = methods().map(({ HttpMethod, ResourceId }) => `${HttpMethod} ${paths.get(asText(ResourceId))}`);

    expect(deployed.toSorted()).toEqual(routes.map(({ method, path }) => `${method} ${path}`).toSorted());
    expect(new Set(methods().map(({ Integration }) => asText(Integration.Uri))).size).toBe(routes.length);
  });

  test('take signed requests alone', () => {
    expect(methods().map(({ AuthorizationType }) => AuthorizationType)).toEqual(routes.map(() => 'AWS_IAM'));
  });

  test('may wait as long as API Gateway does, and no longer', () => {
    const timeouts = all('AWS::Lambda::Function').map(({ Properties }) => Properties['Timeout']);

    expect(timeouts).toEqual(routes.map(() => 29));
  });
});

test.each(routes)('$folder is checked by the function with the schemas that the API is made of', async (route) => {
  const module = await import(`../../functions/api/${route.folder}/handler.ts`);
  const handled = Object.values<Handled>(module).find(({ name }) => name === route.folder)!;

  expect(handled.answer).toBe(route.answer);
  expect(handled.body).toBe(route.body ?? nothing);
  expect(handled.query).toBe(route.query ?? nothing);
  expect(Object.keys(handled.path.shape)).toEqual(parametersIn(route.path));
});

describe('a request', () => {
  test('is checked by API Gateway on every route, body and parameters', () => {
    const validators = template.findResources('AWS::ApiGateway::RequestValidator');
    const [[id, validator] = []] = Object.entries(validators);

    expect(validator?.['Properties']).toMatchObject({ ValidateRequestBody: true, ValidateRequestParameters: true });
    expect(methods().map(({ RequestValidatorId }) => asText(RequestValidatorId))).toEqual(
      routes.map(() => `\${${id}}`),
    );
  });

  test.each(routes)('of $folder must have the parameters of its path, and may have those of its query', (route) => {
    const wanted = Object.fromEntries([
      ...parametersIn(route.path).map((name) => [`method.request.path.${name}`, true]),
      ...Object.keys(route.query?.shape ?? {}).map((name) => [`method.request.querystring.${name}`, false]),
      ...Object.keys(route.headers ?? {}).map((name) => [`method.request.header.${name}`, false]),
    ]);

    expect(methodOf(route)['RequestParameters'] ?? {}).toEqual(wanted);
  });

  test.each(routes)('of $folder may have the fields of its schema, and must have those that are required', (route) => {
    const model = methodOf(route)['RequestModels']?.['application/json'];
    if (!route.body) return expect(model).toBeUndefined();
    const schema = template.toJSON()['Resources'][asText(model).slice(2, -1)].Properties.Schema;
    const required = Object.keys(route.body.shape).filter(
      (name) => !route.body!.shape[name]!.safeParse(undefined).success,
    );

    expect(schema).toMatchObject({ $schema: 'http://json-schema.org/draft-04/schema#', type: 'object' });
    expect(schema.additionalProperties).toBe(false);
    expect(Object.keys(schema.properties)).toEqual(Object.keys(route.body.shape));
    expect(schema.required ?? []).toEqual(required);
  });

  test('with a field of the wrong type comes through, so that the function can name the field', () => {
    const startRun = routes.find(({ body }) => body === startRunSchema)!;
    const model = asText(methodOf(startRun)['RequestModels']['application/json']).slice(2, -1);

    expect(template.toJSON()['Resources'][model].Properties.Schema.properties.seed).toEqual({});
  });
});

describe('the stage', () => {
  test('takes so many requests a second, over all routes', () => {
    expect(stage()['Properties']['MethodSettings']).toEqual([
      expect.objectContaining({
        HttpMethod: '*',
        ResourcePath: '/*',
        ThrottlingRateLimit: 20,
        ThrottlingBurstLimit: 40,
      }),
    ]);
  });

  test('is traced, and logs errors but no bodies', () => {
    const [settings] = stage()['Properties']['MethodSettings'];

    expect(stage()['Properties']['TracingEnabled']).toBe(true);
    expect(settings).toMatchObject({ LoggingLevel: 'ERROR', DataTraceEnabled: false });
  });

  test('writes a line of JSON a request, into a log that is kept for a while', () => {
    const { DestinationArn, Format } = stage()['Properties']['AccessLogSetting'];
    const log = asText(DestinationArn).replace(/^\$\{(\w+)\.Arn\}$/, '$1');

    expect(Object.keys(JSON.parse(Format))).toEqual(
      expect.arrayContaining(['requestId', 'caller', 'method', 'route', 'status', 'ms']),
    );
    expect(template.toJSON()['Resources'][log].Properties).toEqual({
      LogGroupName: '/ratchet/desk/api',
      RetentionInDays: 90,
    });
  });

  test('has its log of errors from us, so that it goes when the stack goes', () => {
    const logs = Object.entries(template.findResources('AWS::Logs::LogGroup'));
    const ours = logs.find(([, { Properties }]) =>
      asText(Properties.LogGroupName).startsWith('API-Gateway-Execution-Logs_'),
    );

    expect(asText(ours?.[1]['Properties'].LogGroupName)).toMatch(/_\$\{\w+\}\/v1$/);
    expect(ours?.[1]['DeletionPolicy']).toBe('Delete');
    expect(stage()['DependsOn']).toContain(ours?.[0]);
  });

  test('leaves the role behind through which all APIs of the account log', () => {
    const [account] = all('AWS::ApiGateway::Account');

    expect(account?.['DeletionPolicy']).toBe('Retain');
  });
});

describe('what API Gateway itself refuses', () => {
  const responses = all('AWS::ApiGateway::GatewayResponse').map(({ Properties }) => Properties);

  test.each([
    ['BAD_REQUEST_BODY', 400],
    ['BAD_REQUEST_PARAMETERS', 400],
    ['MISSING_AUTHENTICATION_TOKEN', 403],
    ['ACCESS_DENIED', 403],
    ['RESOURCE_NOT_FOUND', 404],
    ['REQUEST_TOO_LARGE', 413],
    ['UNSUPPORTED_MEDIA_TYPE', 415],
    ['THROTTLED', 429],
    ['DEFAULT_4XX', 403],
    ['DEFAULT_5XX', 500],
    ['INTEGRATION_TIMEOUT', 504],
  ])('is answered as a problem: %s', (type, status) => {
    const response = responses.find(({ ResponseType }) => ResponseType === type)!;
    const problem = problemSchema.parse(JSON.parse(response['ResponseTemplates']['application/json']));

    expect(response['StatusCode']).toBe(String(status));
    expect(problem.status).toBe(status);
    expect(response['ResponseParameters']['gatewayresponse.header.Content-Type']).toBe("'application/problem+json'");
  });

  test('tells what is wrong with a body, and nothing of what is inside', () => {
    const templates = responses.map(({ ResponseType, ResponseTemplates }) => [
      ResponseType,
      /\$context\.[\w.]+/.exec(ResponseTemplates['application/json'])?.[0],
    ]);
    const variables = templates.filter(([, variable]) => variable !== undefined);

    expect(Object.fromEntries(variables)).toEqual({
      BAD_REQUEST_BODY: '$context.error.validationErrorString',
      BAD_REQUEST_PARAMETERS: '$context.error.message',
    });
  });
});

describe('callers', () => {
  const allowed = (which?: 'read' | 'all') => {
    const scratch = scratchStack();
    const api = new LoopApi(scratch.stack, 'Api', scratch.props);
    const caller = new Role(scratch.stack, 'Caller', { assumedBy: new ServicePrincipal('ecs-tasks.amazonaws.com') });
    const grant = api.grantInvoke(caller, which);
    return asText(Stack.of(caller).resolve(grant.principalStatements[0]?.resources[0])).replace(/^.*\}\//, '');
  };

  test('may look only, or all', () => {
    expect([allowed('read'), allowed('all'), allowed()]).toEqual(['v1/GET/*', 'v1/*/*', 'v1/*/*']);
  });

  test('from another account are let in by the API too', () => {
    const scratch = scratchStack();
    new LoopApi(scratch.stack, 'Api', scratch.props).grantInvoke(new AccountPrincipal('222233334444'), 'read');
    const [rest] = Object.values(Template.fromStack(scratch.stack).findResources('AWS::ApiGateway::RestApi'));

    expect(rest?.['Properties'].Policy.Statement[0]).toMatchObject({
      Effect: 'Allow',
      Action: 'execute-api:Invoke',
      Resource: 'execute-api:/v1/GET/*',
    });
  });
});

test('with a key of one’s own the logs of the API are encrypted with it', () => {
  const scratch = scratchStack({ encrypted: true });
  new LoopApi(scratch.stack, 'Api', scratch.props);
  const logs = Object.values(Template.fromStack(scratch.stack).findResources('AWS::Logs::LogGroup'));

  expect(logs.filter(({ Properties }) => Properties.KmsKeyId !== undefined)).toHaveLength(2);
});

test.each([{ encrypted: false }, { encrypted: true }])('cdk-nag finds nothing that is not explained: %j', (options) => {
  const scratch = scratchStack(options);
  new LoopApi(scratch.stack, 'Api', scratch.props);
  const { violations } = new AwsSolutionsChecks(scratch.stack).validateScope(scratch.stack);

  expect(violations.map(({ ruleName }) => ruleName).filter((name) => !ofOthers.test(name))).toEqual([]);
});

/** Paths by the reference to their resource. */
function pathsOf(of: Template): Map<string, string> {
  const resources = of.findResources('AWS::ApiGateway::Resource');
  const pathOf = (reference: string): string => {
    const found = resources[reference.slice(2, -1)];
    if (!found) return '';
    return `${pathOf(asText(found['Properties'].ParentId))}/${found['Properties'].PathPart}`;
  };
  return new Map(Object.keys(resources).map((id) => [`\${${id}}`, pathOf(`\${${id}}`)]));
}
