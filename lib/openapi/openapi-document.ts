import * as z from 'zod';
import { runName } from '../../core/run.ts';
import { parametersIn } from '../api/request-checks.ts';
import { type Route, routes } from '../api/routes.ts';
import { type JsonSchemaNode, nameOf, reference, schemasByName } from './components.ts';
import { examples } from './examples.ts';
import { problemResponses, refusalsOf } from './problems.ts';

/** The API as an OpenAPI 3.1 document, made from lib/api/routes.ts and core/api.ts. `version` is that of the package. */
export function openApiDocument(version: string): Record<string, unknown> {
  const schemas = schemasByName();
  const paths = [...new Set(routes.map(({ path }) => path))];
  return {
    openapi: '3.1.1',
    info: {
      title: 'Ratchet',
      version,
      summary: 'Starts, follows and answers the runs of one deployed loop.',
      description: introduction,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [server],
    security: [{ [SIGNED]: [] }],
    tags: [
      {
        name: 'runs',
        description: 'A run is one execution of the loop: it is started, followed, answered and stopped.',
      },
      { name: 'student', description: 'The model that the loop improves, and the way back to an earlier one.' },
    ],
    paths: Object.fromEntries(
      paths.map((path) => [
        path,
        Object.fromEntries(
          routes
            .filter((route) => route.path === path)
            .map((route) => [route.method.toLowerCase(), operationOf(route, schemas)]),
        ),
      ]),
    ),
    components: {
      securitySchemes: { [SIGNED]: signed },
      responses: problemResponses(),
      // Schemas of queries are spread over parameters.
      schemas: Object.fromEntries(Object.entries(schemas).filter(([name]) => !queryNames().includes(name))),
    },
  };
}

const SIGNED = 'awsSignature';

const introduction = [
  'Every deployed loop has this API, at the output `ApiUrl` of its stack. Requests are signed with AWS Signature Version 4',
  'for the service `execute-api`, by a principal who may `execute-api:Invoke`. Fields that are not named here are refused.',
  'Errors are `application/problem+json` (RFC 9457): `type` is `urn:ratchet:error:` and a name, and `problems` says which',
  'field is wrong.',
].join(' ');

const server = {
  url: 'https://{api}.execute-api.{region}.amazonaws.com/v1',
  description: 'The output ApiUrl of the stack',
  variables: {
    api: { default: 'a1b2c3d4e5', description: 'Id of the REST API' },
    region: { default: 'us-east-1', description: 'AWS region of the stack' },
  },
};

const signed = {
  type: 'apiKey',
  in: 'header',
  name: 'Authorization',
  description: 'AWS Signature Version 4 for the service `execute-api`',
  'x-amazon-apigateway-authtype': 'awsSigv4',
};

/** Where an answer is not just 200. */
const successes: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'start-run': { 200: 'The run is there already; it stands like this', 202: 'The run is started' },
  'resume-run': { 202: 'The run goes on' },
};

function operationOf(route: Route, schemas: Readonly<Record<string, JsonSchemaNode>>): Record<string, unknown> {
  const { folder, path, summary, description, body } = route;
  const parameters = parametersOf(route, schemas);
  return {
    operationId: folder,
    tags: [path.startsWith('/student') ? 'student' : 'runs'],
    summary,
    description,
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(body
      ? { requestBody: { required: true, content: contentOf(body, { request: examples[folder]?.request }) } }
      : {}),
    responses: { ...successesOf(route), ...refusalsOf(route) },
  };
}

function parametersOf({ path, query, headers }: Route, schemas: Readonly<Record<string, JsonSchemaNode>>): unknown[] {
  const queried = query ? Object.entries(schemas[nameOf(query)]?.properties ?? {}) : [];
  return [
    ...parametersIn(path).map((name) => ({
      name,
      in: 'path',
      required: true,
      description: 'Name of the run',
      schema: { type: 'string', pattern: patternOf(runName) },
      example: 'support-desk-20261123-0200',
    })),
    ...queried.map(([name, node]) => {
      const { description, ...schema } = node as JsonSchemaNode;
      return { name, in: 'query', required: false, description, schema };
    }),
    ...Object.entries(headers ?? {}).map(([name, description]) => ({
      name,
      in: 'header',
      required: false,
      description,
      schema: { type: 'string' },
      example: 'deploy-4711',
    })),
  ];
}

function successesOf({ folder, answer }: Route): Record<string, unknown> {
  const each = successes[folder] ?? { 200: 'How it stands now' };
  const headers = { Location: { description: 'Where the run is, relative to the API', schema: { type: 'string' } } };
  return Object.fromEntries(
    Object.entries(each).map(([status, description]) => [
      status,
      {
        description,
        ...(folder === 'start-run' ? { headers } : {}),
        content: contentOf(answer, examples[folder]?.answers ?? {}),
      },
    ]),
  );
}

function contentOf(schema: z.ZodType, shown: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const named = Object.entries(shown).map(([name, value]) => [name, { value }]);
  return { 'application/json': { schema: reference(nameOf(schema)), examples: Object.fromEntries(named) } };
}

function patternOf(schema: z.ZodType): string | undefined {
  return z.toJSONSchema(schema).pattern;
}

function queryNames(): string[] {
  return routes.flatMap(({ query }) => (query ? [nameOf(query)] : []));
}
