import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { createConfig, lintFromString } from '@redocly/openapi-core';
import { parse } from 'yaml';
import { problemSchema } from '../../core/api.ts';
import { routes } from '../../lib/api/routes.ts';
import { examples } from '../../lib/openapi/examples.ts';
import { openApiPage } from '../../lib/openapi/openapi-page.ts';

const path = join(import.meta.dirname, '../../docs/openapi.yaml');
const page = await readFile(path, 'utf8');
const document = parse(page);

interface Operation {
  readonly operationId: string;
  readonly responses: Readonly<Record<string, { readonly $ref?: string; readonly content?: object }>>;
  readonly [field: string]: unknown;
}

/** `GET /runs` → the operation. */
const operations = new Map(
  Object.entries(document.paths as Record<string, Record<string, Operation>>).flatMap(([at, methods]) =>
    Object.entries(methods).map(([method, operation]) => [`${method.toUpperCase()} ${at}`, operation] as const),
  ),
);

const lint = async (source: string) => {
  const config = await createConfig({ extends: ['recommended'] });
  const problems = await lintFromString({ source, absoluteRef: path, config });
  return problems.map(({ ruleId, message }) => `${ruleId}: ${message}`);
};

describe('docs/openapi.yaml', () => {
  test('is what node lib/openapi/write-openapi.ts writes', async () => {
    const { version } = JSON.parse(await readFile(join(import.meta.dirname, '../../package.json'), 'utf8'));

    expect(page).toBe(openApiPage(version));
  });

  test('has nothing that a public linter would warn of', async () => {
    expect(await lint(page)).toEqual([]);
  });

  test('would be warned of with a defect in it', async () => {
    expect(await lint(page.replace('operationId: start-run', 'operationId: list-runs'))).not.toEqual([]);
    expect(await lint(page.replace('approved: true', 'approved: maybe'))).not.toEqual([]);
  });

  test('has every route, and no other', () => {
    expect([...operations.keys()].toSorted()).toEqual(
      routes.map(({ method, path: at }) => `${method} ${at}`).toSorted(),
    );
  });

  test('says that requests are signed', () => {
    expect(document.security).toEqual([{ awsSignature: [] }]);
    expect(document.components.securitySchemes.awsSignature['x-amazon-apigateway-authtype']).toBe('awsSigv4');
  });
});

describe.each(routes)('$method $path', (route) => {
  const operation = operations.get(`${route.method} ${route.path}`)!;
  const shown = examples[route.folder];

  test('is named, described and filed', () => {
    expect(operation).toMatchObject({
      operationId: route.folder,
      summary: route.summary,
      description: route.description,
    });
    expect(document.tags.map(({ name }: { name: string }) => name)).toEqual(
      expect.arrayContaining(operation['tags'] as string[]),
    );
  });

  test('shows examples that its schemas take', () => {
    const answers = Object.values(shown?.answers ?? {});

    expect(answers.length).toBeGreaterThan(0);
    for (const answer of answers) expect(() => route.answer.parse(answer)).not.toThrow();
    if (route.body) expect(() => route.body!.parse(shown?.request)).not.toThrow();
  });

  test('says how it refuses', () => {
    const statuses = Object.keys(operation.responses);

    expect(statuses).toEqual(expect.arrayContaining(['403', '429', '500', '503', '504']));
    if (route.body) expect(statuses).toEqual(expect.arrayContaining(['400', '413', '415']));
    if (route.path.includes('{run}')) expect(statuses).toEqual(expect.arrayContaining(['400', '404']));
  });
});

describe('an error', () => {
  const responses = Object.entries<{ content: Record<string, { example: unknown }> }>(document.components.responses);

  test.each(responses)('shows a problem: %s', (_, { content }) => {
    const example = content['application/problem+json']?.example;

    expect(() => problemSchema.parse(example)).not.toThrow();
  });

  test('has the status that it is filed under', () => {
    for (const operation of operations.values()) {
      for (const [status, { $ref }] of Object.entries(operation.responses)) {
        if ($ref === undefined) continue;
        const response = document.components.responses[$ref.slice($ref.lastIndexOf('/') + 1)];
        expect(response.content['application/problem+json'].example.status).toBe(Number(status));
      }
    }
  });
});
