import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { loopSchema, skillSchema } from '../../../core/loop.ts';
import { documentedKeys, loopJsonSchema, loopPage } from '../../../lib/loop-file/loop-page.ts';
import { allowedAt, alternatives, schemaNode } from '../../../lib/loop-file/schema-nodes.ts';

const root = join(import.meta.dirname, '../../..');
const read = (path: string) => readFile(join(root, path), 'utf8');
const loopKeys = documentedKeys(schemaNode(loopSchema));
const allKeys = [...loopKeys, ...documentedKeys(schemaNode(skillSchema))];

describe('what is generated from core/loop.ts is up to date (node lib/loop-file/write-loop-docs.ts)', () => {
  test('docs/loop-file.md', async () => {
    expect(await read('docs/loop-file.md')).toBe(loopPage(await read('loops/support-desk.yaml')));
  });

  test('loops/loop.schema.json', async () => {
    expect(await read('loops/loop.schema.json')).toBe(loopJsonSchema());
  });
});

describe('every key', () => {
  test('has a description', () => {
    expect(allKeys.filter(({ node }) => !node.description).map(({ path }) => path)).toEqual([]);
  });

  test('can say what is allowed, in words', () => {
    const silent = allKeys.filter(({ node }) =>
      alternatives(node, undefined).some(
        (one) => /another value/.test(allowedAt([one])) || ('pattern' in one && !one.allowed),
      ),
    );

    expect(silent.map(({ path }) => path)).toEqual([]);
  });

  test('is on the page, once', async () => {
    const [page = ''] = (await read('docs/loop-file.md')).split('## skill.yaml');
    const rows = loopKeys.filter(({ path, node }) => path.includes('.') || !node.properties);

    expect(rows.filter(({ path }) => page.split(`\n| \`${path}\` `).length !== 2).map(({ path }) => path)).toEqual([]);
    expect(rows.length).toBeGreaterThan(50);
  });
});

describe('the schema for editors', () => {
  const schema = JSON.parse(loopJsonSchema());

  test('shows defaults, and refuses unknown keys', () => {
    expect(schema.properties.sampling.properties.responses.default).toBe(4);
    expect(schema.additionalProperties).toBe(false);
  });

  test('takes only http for an address, and says nothing of doubles', () => {
    expect(schema.properties.student.properties.endpoint.anyOf[1]).toMatchObject({ pattern: '^https?://' });
    expect(schema.properties.teacher.properties.maxTokens).not.toHaveProperty('maximum');
  });

  test('has no words of our own', () => {
    expect(loopJsonSchema()).not.toContain('"allowed"');
  });
});
