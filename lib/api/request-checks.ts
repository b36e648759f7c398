import type { JsonSchema, MethodOptions, Model, RestApi } from 'aws-cdk-lib/aws-apigateway';
import * as z from 'zod';
import type { Route } from './routes.ts';

/**
 * Has API Gateway refuse what need not wake a function: no JSON object, a field that is missing or that there is not, a path
 * without its parameter. Types and ranges are left to the function: its answer names the field that does not fit, and
 * API Gateway's does not ("instance type (string) does not match any allowed primitive type").
 */
export function requestChecks(rest: RestApi): (route: Route) => MethodOptions {
  const requestValidator = rest.addRequestValidator('Validator', {
    validateRequestBody: true,
    validateRequestParameters: true,
  });
  return ({ folder, path, query, headers, body }) => ({
    operationName: folder,
    requestValidator,
    requestParameters: Object.fromEntries([
      ...parametersIn(path).map((name) => [`method.request.path.${name}`, true]),
      ...Object.keys(query?.shape ?? {}).map((name) => [`method.request.querystring.${name}`, false]),
      ...Object.keys(headers ?? {}).map((name) => [`method.request.header.${name}`, false]),
    ]),
    ...(body ? { requestModels: { 'application/json': modelOf(rest, folder, body) } } : {}),
  });
}

/** Names in the braces of a path. */
export function parametersIn(path: string): string[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
}

function modelOf(rest: RestApi, folder: string, body: z.ZodObject): Model {
  return rest.addModel(`${folder}-body`, {
    contentType: 'application/json',
    modelName: folder.replaceAll('-', ''),
    description: `The body of ${folder}`,
    schema: outlineOf(body),
  });
}

/** Which fields there are and which must be there, in the JSON Schema draft that API Gateway speaks. */
export function outlineOf(body: z.ZodObject): JsonSchema {
  const {
    type,
    properties = {},
    required,
    additionalProperties,
  } = z.toJSONSchema(body, { target: 'draft-04', io: 'input' });
  return {
    type,
    properties: Object.fromEntries(Object.keys(properties).map((name) => [name, {}])),
    ...(required ? { required } : {}),
    additionalProperties,
  } as JsonSchema;
}
