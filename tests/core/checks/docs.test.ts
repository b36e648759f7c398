import { readFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import { checkSchema } from '../../../core/checks/check.ts';

const page = await readFile(new URL('../../../docs/checks.md', import.meta.url), 'utf8');
const examples: unknown[] = [...page.matchAll(/^\| `(\{.*?\})`\s+\|/gm)].map(([, json]) => JSON.parse(json ?? ''));

test('docs/checks.md shows every kind of check once, as it may be written', () => {
  const shown = examples.map((example) => checkSchema.parse(example).kind);
  const kinds = checkSchema.options.map(({ shape }) => shape.kind.value);

  expect(shown.toSorted()).toEqual(kinds.toSorted());
});
