import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { routes } from '../../../lib/api/routes.ts';

const page = await readFile(join(import.meta.dirname, '../../../docs/api.md'), 'utf8');

describe('docs/api.md', () => {
  test.each(routes.map(({ method, path }) => [method, path]))('shows how to ask %s %s', (method, path) => {
    const asked = `"$api${path?.replace('{run}', 'desk-monday')}`;
    const lines = page
      .split('\n')
      .filter((line) => line.startsWith(`ask ${asked}"`) || line.startsWith(`ask ${asked}?`));

    expect(lines.some((line) => line.includes('--data') === (method === 'POST'))).toBe(true);
  });
});
