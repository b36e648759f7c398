import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { promptsIn, sourceOf } from './source-of.ts';

const page = await readFile(join(import.meta.dirname, '../../../docs/prompts.md'), 'utf8');
const blocksOf = (language: string) =>
  [...page.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\``, 'gms'))].map(([, block = '']) => block);

describe('every example of docs/prompts.md is read', () => {
  test.each(blocksOf('json'))('%s', async (block) => {
    const lines = onOneLine(block);

    expect(await promptsIn(sourceOf('page.jsonl', lines))).toHaveLength(lines.trim().split('\n').length);
  });

  test('the CSV', async () => {
    const [block = ''] = blocksOf('csv');

    expect(await promptsIn(sourceOf('page.csv', block))).toEqual([
      { id: 'desk-1', messages: [{ role: 'user', content: 'Where is my parcel?' }], tags: ['late', 'parcel'] },
      {
        id: 'desk-2',
        messages: [{ role: 'user', content: 'Hello,\nmy kettle is "leaking".' }],
        checks: [{ kind: 'mentions', any: ['refund', 'replacement'] }],
      },
    ]);
  });

  test('there are examples of every form', () => {
    expect(blocksOf('json').length).toBeGreaterThanOrEqual(6);
  });
});

/** The page sets one object over several lines, for readers; several objects stand on one line each. */
function onOneLine(block: string): string {
  try {
    return JSON.stringify(JSON.parse(block));
  } catch {
    return block;
  }
}
