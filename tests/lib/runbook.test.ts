import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { slugOf } from '../../lib/monitoring/alarms.ts';
import { queries } from '../../lib/monitoring/queries.ts';
import { alarmsIn, graphTitlesIn, monitored } from './monitored-stack.ts';

const root = join(import.meta.dirname, '..', '..');
const read = (path: string) => readFile(join(root, path), 'utf8');

async function sections(): Promise<{ heading: string; text: string }[]> {
  const [, ...parts] = (await read('docs/runbook.md')).split(/^### /m);
  return parts.map((part) => {
    const [heading = '', ...lines] = part.split('\n');
    return { heading, text: lines.join('\n').split(/^## /m)[0] ?? '' };
  });
}

const template = monitored({ change: { budget: { usd: 12 } } });

describe('docs/runbook.md', () => {
  test('has a section for every alarm, and no other', async () => {
    const alarms = alarmsIn(template).map(({ AlarmName }) => AlarmName.replace('ratchet-desk-', ''));
    const documented = (await sections()).map(({ heading }) => slugOf(heading));

    expect(documented.toSorted()).toEqual(alarms.toSorted());
  });

  test('says of each what it means, what to look at and what to do', async () => {
    for (const { heading, text } of await sections()) {
      const said = [...text.matchAll(/^- \*\*(.+?)\*\*: \S/gm)].map(([, what]) => what);

      expect([heading, said]).toEqual([heading, ['What it means', 'What to look at', 'What to do']]);
    }
  });

  test('sends nobody to a query or a graph that there is not', async () => {
    const text = (await read('docs/runbook.md')).replaceAll(/\s+/g, ' ');
    const asked = [...text.matchAll(/quer(?:y|ies) `([^`]+)`(?: shows what came before, and `([^`]+)`)?/g)].flatMap(
      ([, ...names]) => names.filter((name) => name !== undefined),
    );
    const graphs = [...text.matchAll(/(?:graph|table) "([^"]+)"/g)].map(([, title]) => title);

    expect(new Set(asked)).toEqual(new Set(Object.keys(queries)));
    expect(graphTitlesIn(template)).toEqual(expect.arrayContaining(graphs));
    expect(graphs.length).toBeGreaterThan(5);
  });

  test('has the sections to which announcements lead', async () => {
    const headings = (await sections()).map(({ heading }) => slugOf(heading));
    const links = [...(await read('lib/announcements.ts')).matchAll(/runbook\.md#([a-z-]+)/g)].map(([, slug]) => slug);

    expect(links.length).toBeGreaterThan(0);
    expect(headings).toEqual(expect.arrayContaining(links));
  });

  test('says the numbers at which alarms ring', async () => {
    const text = await read('docs/runbook.md');
    const share = (slug: string) => alarmsIn(template).find(({ AlarmName }) => AlarmName.endsWith(slug))?.Threshold;

    expect(text).toContain(`more than ${share('judge-abstains-often')} % of the teacher's answers`);
    expect(text).toContain(`more than ${share('judge-contradicts-itself')} % of the prompts`);
    expect(text).toContain(`more than ${share('function-near-its-time-out')} % of its time`);
  });
});
