import { describe, expect, test } from '@jest/globals';
import { reportPage } from '../../../functions/write-report/report-page.ts';
import { nameOf, readableText, sectionText, startTags } from './page-text.ts';
import { sampleReport } from './sample-report.ts';
import { hostileTexts, variants } from './sample-variants.ts';

const page = reportPage(sampleReport());
const header = readableText(page.split('<header class="headline">')[1]!.split('</header>')[0]!);
const loading = ['script', 'link', 'img', 'image', 'iframe', 'object', 'embed', 'base', 'use', 'form'];
const voidElements = ['meta', 'input'];

describe.each(Object.entries(variants))('a report of: %s', (_, report) => {
  const page = reportPage(report);
  const tags = startTags(page);

  test('is drawn whole: every tag is closed and no value is missing', () => {
    const closed = page.replace(/<style>[\s\S]*?<\/style>/, '').match(/<\/[a-z0-9]+>/gi)!;
    const opened = tags.map(nameOf).filter((name) => !voidElements.includes(name));

    expect(closed.map((tag) => tag.slice(2, -1)).toSorted()).toEqual(opened.toSorted());
    expect(readableText(page)).not.toMatch(/undefined|NaN|Infinity|\[object|\bnull\b/);
    expect(page).not.toMatch(/="[^"]*(?:undefined|NaN)[^"]*"/);
  });

  test('gives the same bytes again', () => {
    expect(reportPage(report)).toBe(page);
  });

  test('loads nothing and runs nothing', () => {
    const links = tags.flatMap((tag) => tag.match(/(?:src|href)="[^"]*"/g) ?? []);

    expect(tags.map(nameOf).filter((name) => loading.includes(name))).toEqual([]);
    expect(tags.filter((tag) => /\son\w+=|url\(/i.test(tag))).toEqual([]);
    expect(links.filter((link) => !link.startsWith('href="#'))).toEqual([]);
    expect(page.match(/<style>[\s\S]*?<\/style>/)![0]).not.toMatch(/@import|url\(|https?:/);
  });

  test('is a light page', () => {
    expect(Buffer.byteLength(page)).toBeLessThan(1_500_000);
  });

  test('every link leads to one place in it', () => {
    const ids = tags.flatMap((tag) => tag.match(/ id="([^"]*)"/)?.[1] ?? []);
    const targets = tags.flatMap((tag) => tag.match(/(?:href="#|aria-labelledby=")([^"]*)"/)?.[1] ?? []);

    expect(new Set(ids).size).toBe(ids.length);
    expect(targets.filter((target) => !ids.includes(target))).toEqual([]);
  });

  test('every drawing has a text alternative', () => {
    const drawings = tags.filter((tag) => nameOf(tag) === 'svg');

    expect(drawings.filter((tag) => !/role="img" aria-label="[^"]{20,}"/.test(tag))).toEqual([]);
  });
});

describe('hostile text', () => {
  const page = reportPage(variants['hostile']!);

  test('is shown as text and makes no tag', () => {
    const [script, closing] = hostileTexts;

    expect(readableText(page)).toContain(script);
    expect(readableText(page)).toContain(closing);
    expect(page).not.toContain('<script');
    expect(page.match(/<\/style>/g)).toHaveLength(1);
    expect(startTags(page).filter((tag) => /alert|example\.com/.test(tag))).toEqual([]);
  });

  test('of thousands of characters stands behind a click, whole up to the limit', () => {
    const one = variants['one round']!;
    const response = `${'word '.repeat(100)}the last words`;
    const rounds = one.rounds.map((round) => ({ ...round, gallery: [{ ...round.gallery[0]!, chosen: response }] }));
    const [before, behind] = reportPage({ ...one, rounds }).split('Show all 514 characters');

    expect(before).not.toContain('the last words');
    expect(behind).toContain('the last words');
  });
});

describe('the headline', () => {
  test('gives the answer, the change and the key figures', () => {
    expect(header).toContain('Better: 24 % → 81 % fully right on 256 held-out prompts');
    expect(header).toContain('+57 points');
    expect(header).toContain('Rounds 4 Promotions 3 Preference pairs 548 Teacher calls 4,492');
    expect(header).toContain('Spend USD 3.50 9,180 calls Duration 6 min 42 s');
  });

  test.each([
    ['nothing to learn', 'Nothing to learn: the incumbent stays, 24 % fully right'],
    ['training failed', 'Failed: the incumbent stays, 24 % fully right'],
    ['failed before any round', 'Failed: the incumbent stays'],
    ['waiting for approval', 'Waiting for approval: the incumbent stays, 24 % fully right'],
    ['budget reached', 'Better: 24 % → 58 % fully right on 256 held-out prompts'],
    ['no checks', 'Better: 2 promotions, the last won 76 % on 256 held-out prompts'],
    ['dataset only', 'Dataset ready: 121 pairs to train on'],
    ['dataset only, failed before any round', 'Failed: no dataset'],
    ['refused', 'No better student: the incumbent stays, 81 % fully right'],
  ])('of %s', (name, answer) => {
    expect(readableText(reportPage(variants[name]!).match(/<h1[\s\S]*<\/h1>/)![0]).trim()).toBe(answer);
  });
});

describe('a section shows the numbers of its part of the report:', () => {
  test('whether it got better', () => {
    const text = sectionText(page, 'better');

    expect(text).toContain('3 of 4 evaluated candidates replaced the incumbent');
    expect(text).toContain('4 ✕ incumbent kept 80.9 % → 48.0 % 43.2 % 37.5 % to 48.8 % 77 67 112 0 115');
    expect(text).toContain('4 12.4 → 21.9 0.4 % → 0.4 % 1.2 % → 19.1 % 2.1 % → 2.1 %');
  });

  test('why the gate decided so', () => {
    const text = sectionText(page, 'gate');

    expect(text).toContain('It never reached 1/α = 80.');
    expect(text).toContain('✓ passed Length: 13.1 words on average after 12.4');
    expect(text).toContain('✕ failed Checks: on 256 prompts only the candidate was right 12 times');
    expect(text).toContain('dpo, succeeded, 46,080 tokens ftjob-support-desk-4');
  });

  test('where the labels come from', () => {
    const text = sectionText(page, 'labels');

    expect(text).toContain('768 prompts → 3,064 responses → 4,044 verdicts → 548 preference pairs');
    expect(text).toContain('Responses asked for 768 judged 726 duplicate 37 empty 3 ProviderOverloaded 2');
    expect(text).toContain(
      'Comparisons 1,028 decided by the teacher 597 decided by checks 318 tie 96 abstention: unreadable 11',
    );
    expect(text).toContain(
      'Prompts 192 gave a pair 137 tie 31 order conflict 9 abstention 9 fewer than two responses 6',
    );
    expect(text).toContain('Pairs 137 to train on 121 for validation 13 duplicate 2 same chosen text 1');
    expect(text).toContain('First shown wins 53.4 % 50 % would be no preference.');
    expect(text).toContain('Canaries missed 0 of 5');
    expect(text).toContain('1.36 × chosen 13.2 rejected 9.7 Chosen is the longer one in 71 % of pairs.');
    expect(text).toContain('! Chosen responses have 1.36 times the words');
  });

  test('what it learned from', () => {
    expect(sectionText(page, 'pairs')).toContain(
      'Prompt Hi, my kettle arrived broken. Can you help? round 1 decided by teacher margin 0.96 Chosen I am sorry about your kettle. We will send a replacement today. Critique Apologises',
    );
  });

  test('before and after', () => {
    expect(sectionText(page, 'before-after')).toContain(
      'round 4 ✕ candidate loses Incumbent ✓ right I apologise for the jacket. The spare part is on its way. Candidate ✕ wrong sorry',
    );
  });

  test('what it cost', () => {
    const text = sectionText(page, 'cost');

    expect(text).toContain('Judge responses 4,492 1,604,800 85,600 USD 1.67');
    expect(text).toContain('Total 9,180 2,375,680 223,800 USD 3.50');
    expect(text).toContain('Round 4 2,295 593,920 55,950 USD 0.8758');
    expect(sectionText(reportPage(variants['free of charge']!), 'cost')).toContain('Judge responses 4,492 calls');
  });

  test('what it did not cost, as earlier runs had paid for it', () => {
    const again = (reused: number) => sectionText(reportPage({ ...sampleReport(), reused }), 'cost');

    expect(again(1200)).toContain('It reused 1,200 calls of earlier runs, at no cost.');
    expect(again(1)).toContain('It reused 1 call of earlier runs');
    expect(sectionText(page, 'cost')).not.toContain('reused');
  });

  test('where the student comes from', () => {
    const text = sectionText(reportPage(variants['rollback']!), 'lineage');

    expect(text).toContain('Base student desk-base');
    expect(text).toMatch(/Promotion ft:desk-base:r3 Won 70 % .* on 256 held-out prompts; 81 % fully right/);
    expect(text).toContain('Rollback incumbent desk-base It promised refunds. yesterday');
  });
});

describe('a report of a run without a trainer', () => {
  const page = reportPage(variants['dataset only']!);

  test('has no section, chart or figure of training', () => {
    const sections = [...page.matchAll(/<section id="([^"]+)"/g)].map(([, id]) => id);

    expect(sections).toEqual(['labels', 'pairs', 'cost', 'lineage']);
    expect([...page.matchAll(/<a href="#([^"]+)"/g)].map(([, id]) => id)).toEqual(sections);
    expect(startTags(page).map(nameOf)).not.toContain('svg');
    expect(readableText(page.split('</header>')[0]!)).not.toMatch(/Rounds|Promotions|Before|After|fully right/);
  });
});

test('the files for other trainers are named, with their rows', () => {
  const files = (name: string) => sectionText(reportPage(variants[name]!), 'labels');
  const folder = `runs/${sampleReport().run}/round-1/dataset`;

  for (const name of ['dataset only', 'four rounds']) {
    expect(files(name)).toContain(`In ${folder}/`);
    expect(files(name)).toContain(' train.trl-preference.jsonl 119');
    expect(files(name)).toContain(' validation.sft.jsonl 13');
  }
});

test('examples are taken from all rounds, however many there are', () => {
  const text = sectionText(reportPage(variants['twenty rounds']!), 'pairs');

  expect(text).toContain('16 of 40 sampled preference pairs');
  expect(text).toContain('round 16');
});
