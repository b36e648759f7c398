import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Check, checkSchema } from '../../../core/checks/check.ts';
import { importOwnCheck, type OwnCheck } from '../../../core/checks/own-check.ts';
import { isFullyRight, type OwnChecks, runChecks } from '../../../core/checks/run-checks.ts';
import { CheckBroken } from '../../../core/errors.ts';
import type { Prompt } from '../../../core/prompt.ts';

describe('the schema of a check', () => {
  test.each([
    [{ kind: 'mentions' }],
    [{ kind: 'mentions', all: [] }],
    [{ kind: 'avoids', words: [''] }],
    [{ kind: 'includes' }],
    [{ kind: 'frequency', of: 'a' }],
    [{ kind: 'words' }],
    [{ kind: 'words', min: 3, max: 2 }],
    [{ kind: 'sentences', min: -1 }],
    [{ kind: 'parts', divider: '', min: 1 }],
    [{ kind: 'paragraph-start', paragraph: 3, of: 2, word: 'a' }],
    [{ kind: 'number', equals: 1, tolerance: -1 }],
    [{ kind: 'language', is: 'xx' }],
    [{ kind: 'cites', sources: [] }],
    [{ kind: 'matches', pattern: '(' }],
    [{ kind: 'matches', pattern: 'a', flags: 'g' }],
    [{ kind: 'own' }],
    [{ kind: 'spells' }],
  ])('refuses %j', (check) => {
    expect(checkSchema.safeParse(check).success).toBe(false);
  });
});

describe('the result of all checks', () => {
  const checks: Check[] = [
    { kind: 'words', min: 3 },
    { kind: 'ends-with', any: ['.', '!'] },
    { kind: 'number', equals: 4 },
    { kind: 'avoids', words: ['a', 'b', 'c', 'd'] },
  ];

  test('names what failed, for people', () => {
    expect(runChecks(checks, 'b')).toEqual({
      passed: 0,
      total: 4,
      failed: ['3 to ∞ words', 'ends with . or !', 'the answer is 4', 'avoids a, b, c, …'],
    });
  });

  test.each<[Check, string]>([
    [{ kind: 'frequency', of: ',', max: 0 }, 'no ","'],
    [{ kind: 'frequency', of: 'dog', min: 2 }, '"dog" 2 to ∞ times'],
    [{ kind: 'bullets', min: 3, max: 3 }, 'exactly 3 bullets'],
    [{ kind: 'starts-with', any: ['x'.repeat(60)] }, `starts with ${'x'.repeat(40)}…`],
    [{ kind: 'json-schema', schema: { title: 'City', not: {} } }, 'fits the JSON Schema City'],
    [{ kind: 'cites', sources: ['1', '2', '3', '4'], only: true }, 'cites only 1, 2, 3, …'],
  ])('%j is called %j', (check, name) => {
    expect(runChecks([check], ', [9]').failed).toEqual([name]);
  });

  test('tells two checks apart that read alike', () => {
    const words = ['a', 'b', 'c'];
    const alike: Check[] = [
      { kind: 'avoids', words: [...words, 'd'] },
      { kind: 'avoids', words: [...words, 'e'] },
    ];

    expect(runChecks(alike, 'd').failed).toEqual(['avoids a, b, c, …']);
    expect(runChecks(alike, 'e').failed).toEqual(['avoids a, b, c, … (2)']);
  });

  test('is fully right only with checks, all of them passed', () => {
    expect(isFullyRight(runChecks(checks, 'So it is 4.'))).toBe(true);
    expect(isFullyRight(runChecks(checks, 'So it is 5.'))).toBe(false);
    expect(isFullyRight(runChecks([], 'Anything'))).toBe(false);
    expect(isFullyRight(runChecks(undefined, 'Anything'))).toBe(false);
  });

  test('is nothing right for a blank response', () => {
    expect(runChecks([{ kind: 'avoids', words: ['a'] }], ' \n').passed).toBe(0);
  });

  test('adds up whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const { passed, total, failed } = runChecks(checks, text);

        expect(passed + failed.length).toBe(total);
      }),
    );
  });
});

describe("a check of the user's own", () => {
  const prompt: Prompt = { id: 'p1', messages: [{ role: 'user', content: 'Hello' }] };
  const uses: Check[] = [{ kind: 'own', name: 'short', options: { most: 3 } }];
  const own = (check: OwnCheck): OwnChecks => ({ byName: new Map([['short', check]]), prompt });

  test('is asked with the response, its options and the prompt, and has its name', () => {
    const check: OwnCheck = (response, options, { id }) =>
      id === 'p1' && response.length <= (options as { most: number }).most;

    expect(runChecks(uses, 'abc', own(check)).failed).toEqual([]);
    expect(runChecks(uses, 'abcd', own(check)).failed).toEqual(['short']);
  });

  test.each<[string, OwnChecks | undefined, RegExp]>([
    [
      'throws',
      own(() => {
        throw new Error('out of ideas');
      }),
      /"short" broke at prompt p1: out of ideas/,
    ],
    ['returns no verdict', own(() => undefined), /"short" broke at prompt p1: it returned undefined/],
    ['is not loaded', undefined, /"short" broke: it is not loaded/],
  ])('that %s is no verdict on the response', (_, checks, message) => {
    expect(() => runChecks(uses, 'abc', checks)).toThrow(CheckBroken);
    expect(() => runChecks(uses, 'abc', checks)).toThrow(message);
  });

  test('is imported from its source', async () => {
    const check = await importOwnCheck('export default (response) => response === "größer & 100 %";');

    expect(check('größer & 100 %', undefined, prompt)).toBe(true);
    await expect(importOwnCheck('export default 3;')).rejects.toThrow('its default export is no function');
  });
});
