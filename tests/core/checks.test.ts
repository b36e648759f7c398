import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Check, checkSchema, isFullyRight, runChecks, wordCount } from '../../core/checks.ts';

const passes = (check: Check, text: string) => runChecks([checkSchema.parse(check)], text).passed === 1;

describe('mentions and avoids', () => {
  test.each([
    ['my KETTLE is late', true],
    ['kettles are late', false],
    ['the teakettle', false],
    ['kettle2', false],
    ['(kettle)!', true],
    ['kettle-shaped', true],
  ])('%j mentions the whole word kettle: %s', (text, mentioned) => {
    expect(passes({ kind: 'mentions', all: ['kettle'] }, text)).toBe(mentioned);
    expect(passes({ kind: 'avoids', words: ['kettle'] }, text)).toBe(!mentioned);
  });

  test.each([
    ['über', 'Das ist ÜBER Nacht da.', true],
    ['über', 'Das ist überall da.', false],
    ['чайник', 'Ваш Чайник в пути.', true],
    ['чай', 'Ваш чайник в пути.', false],
    ['café', 'Le café, s’il vous plaît.', true],
    ['caf', 'Le café, s’il vous plaît.', false],
  ])('a word of any script is whole: %s in %j: %s', (phrase, text, mentioned) => {
    expect(passes({ kind: 'mentions', all: [phrase] }, text)).toBe(mentioned);
  });

  test('wants all of all and one of any', () => {
    const check: Check = { kind: 'mentions', all: ['sorry', 'kettle'], any: ['refund', 'replacement'] };

    expect(passes(check, 'Sorry about the kettle: a refund comes.')).toBe(true);
    expect(passes(check, 'Sorry about the kettle.')).toBe(false);
    expect(passes(check, 'Sorry: a refund comes.')).toBe(false);
  });

  test('takes a phrase over any white space, and signs in it as they are', () => {
    expect(passes({ kind: 'mentions', all: ['a refund'] }, 'We send a\n  refund.')).toBe(true);
    expect(passes({ kind: 'mentions', all: ['C++ (new)'] }, 'Try C++ (new) today')).toBe(true);
    expect(passes({ kind: 'mentions', all: ['a.c'] }, 'abc')).toBe(false);
  });

  test('avoids every word of its list', () => {
    const check: Check = { kind: 'avoids', words: ['whatever', 'your fault'] };

    expect(passes(check, 'That is your fault.')).toBe(false);
    expect(passes(check, 'That is not your default.')).toBe(true);
  });
});

describe('words', () => {
  test.each([
    ['', 0],
    ['  \n ', 0],
    ['— … !', 0],
    ['one - two', 2],
    ["don't stop", 2],
    ['привет, мир', 2],
    ['3 items', 2],
  ])('%j has %d', (text, count) => {
    expect(wordCount(text)).toBe(count);
  });

  test('are counted inclusively', () => {
    const check: Check = { kind: 'words', min: 2, max: 3 };

    expect(['one', 'one two', 'one two three', 'one two three four'].map((text) => passes(check, text))).toEqual([
      false,
      true,
      true,
      false,
    ]);
  });

  test('of two texts add up', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (one, other) => {
        expect(wordCount(`${one} ${other}`)).toBe(wordCount(one) + wordCount(other));
      }),
    );
  });
});

describe('number', () => {
  test.each([
    ['The answer is 1,000.0', 1000],
    ['The answer is 1,000,000.', 1_000_000],
    ['It fell to -5 degrees', -5],
    ['x = -0.25', -0.25],
    ['First 3, then 4.', 4],
    ['$18', 18],
    ['007', 7],
  ])('%j ends with the number %d', (text, equals) => {
    expect(passes({ kind: 'number', equals }, text)).toBe(true);
  });

  test.each([
    ['', 0],
    ['none at all', 0],
    ['4, no: 5', 4],
    ['It fell to -5 degrees', 5],
    ['1,000.0', 1],
    ['1,000.5', 1000],
  ])('%j does not end with the number %d', (text, equals) => {
    expect(passes({ kind: 'number', equals }, text)).toBe(false);
  });

  test('is read as it is written for people, with commas', () => {
    fc.assert(
      fc.property(fc.integer({ min: -1e9, max: 1e9 }), (equals) => {
        expect(passes({ kind: 'number', equals }, `So it is ${equals.toLocaleString('en-US')}.`)).toBe(true);
      }),
    );
  });
});

describe('ends-with, matches and json', () => {
  test('a response ends with one of the endings, white space aside', () => {
    expect(passes({ kind: 'ends-with', any: ['.', '!'] }, 'Done!\n ')).toBe(true);
    expect(passes({ kind: 'ends-with', any: ['.', '!'] }, 'Done! And')).toBe(false);
  });

  test('a pattern is searched anywhere, with its flags', () => {
    expect(passes({ kind: 'matches', pattern: '^\\p{Lu}', flags: 'm' }, 'no\nYes')).toBe(true);
    expect(passes({ kind: 'matches', pattern: '^\\p{Lu}' }, 'no\nYes')).toBe(false);
  });

  test('the same pattern gives the same result each time', () => {
    const check = checkSchema.parse({ kind: 'matches', pattern: 'a', flags: 'i' });

    expect([1, 2, 3].map(() => runChecks([check], 'A').passed)).toEqual([1, 1, 1]);
  });

  test('any JSON value is JSON, alone', () => {
    fc.assert(
      fc.property(fc.json(), (json) => {
        expect(passes({ kind: 'json' }, ` ${json}\n`)).toBe(true);
        expect(passes({ kind: 'json' }, `Here: ${json}`)).toBe(false);
      }),
    );
  });
});

describe('the schema of a check', () => {
  test.each([
    [{ kind: 'mentions' }],
    [{ kind: 'mentions', all: [] }],
    [{ kind: 'avoids', words: [''] }],
    [{ kind: 'words' }],
    [{ kind: 'matches', pattern: '(' }],
    [{ kind: 'matches', pattern: 'a', flags: 'g' }],
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

  test('tells two checks apart that read alike', () => {
    const words = ['a', 'b', 'c'];
    const checks: Check[] = [
      { kind: 'avoids', words: [...words, 'd'] },
      { kind: 'avoids', words: [...words, 'e'] },
    ];

    expect(runChecks(checks, 'd').failed).toEqual(['avoids a, b, c, …']);
    expect(runChecks(checks, 'e').failed).toEqual(['avoids a, b, c, … (2)']);
  });

  test('is fully right only with checks, all of them passed', () => {
    expect(isFullyRight(runChecks(checks, 'So it is 4.'))).toBe(true);
    expect(isFullyRight(runChecks(checks, 'So it is 5.'))).toBe(false);
    expect(isFullyRight(runChecks([], 'Anything'))).toBe(false);
    expect(isFullyRight(runChecks(undefined, 'Anything'))).toBe(false);
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
