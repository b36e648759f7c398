import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Check, checkSchema } from '../../../core/checks/check.ts';
import { runChecks } from '../../../core/checks/run-checks.ts';

/** What the parsers of a response look for, in any order, and anything else in between. */
const piece = fc.oneof(
  fc.constantFrom(
    '####',
    'A:',
    'The answer is',
    '\\boxed{',
    '}',
    '$',
    '-',
    '1,000',
    '1e999',
    '.5',
    '3/0',
    '=',
    '\n',
    '\n\n',
  ),
  fc.constantFrom('```json\n', '```', '{"a":', '[1', ']', '[^1]', '[1-99999]', 'https://', 'https://a.org/(', '(', ')'),
  fc.constantFrom(
    'Mr.',
    '...',
    '. . .',
    'U.S.',
    '?!',
    '"',
    '--',
    '***',
    '<<',
    '>>',
    'P.S.',
    'the',
    'है',
    '中',
    'の',
    'é\u0301',
  ),
  fc.string({ unit: 'binary', maxLength: 12 }),
);
const anyText = fc.array(piece, { maxLength: 25 }).map((pieces) => pieces.join(''));

const parsers: readonly Check[] = [
  { kind: 'number', equals: 3, tolerance: 1 },
  { kind: 'json-schema', schema: { type: 'object', properties: { a: { type: 'array' } } } },
  { kind: 'cites', sources: ['1', 'https://a.org'], only: true },
  { kind: 'language', is: 'en' },
  { kind: 'sentences', min: 2 },
  { kind: 'capital-words', max: 2 },
];

describe('no text makes a check throw, or answer twice differently', () => {
  test.each(parsers.map((check) => [check.kind, check] as const))('%s, of 10,000 texts', (_, check) => {
    const parsed = checkSchema.parse(check);
    fc.assert(
      fc.property(anyText, (text) => {
        expect(runChecks([parsed], text)).toEqual(runChecks([parsed], text));
      }),
      { numRuns: 10_000 },
    );
  });

  test('each of the others, of 10,000 texts', () => {
    const others: readonly Check[] = [
      { kind: 'words', min: 2 },
      { kind: 'words', min: 2, split: 'punctuation' },
      { kind: 'paragraphs', min: 2 },
      { kind: 'parts', divider: '***', min: 2, different: true },
      { kind: 'paragraph-start', paragraph: 1, of: 2, word: 'the' },
      { kind: 'bullets', min: 1 },
      { kind: 'sections', title: 'A', min: 1 },
      { kind: 'highlights', min: 1 },
      { kind: 'placeholders', min: 1 },
      { kind: 'title' },
      { kind: 'postscript', marker: 'P.S.' },
      { kind: 'quoted' },
      { kind: 'json', fenced: true },
      { kind: 'letter-case', is: 'upper', language: 'hi' },
    ];
    fc.assert(
      fc.property(anyText, (text) => {
        const { passed, failed } = runChecks(others, text);

        expect(passed + failed.length).toBe(others.length);
      }),
      { numRuns: 10_000 },
    );
  });
});
