import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Check, checkSchema } from '../../../core/checks/check.ts';
import { runChecks } from '../../../core/checks/run-checks.ts';
import { passes } from './passes.ts';

describe('mentions and avoids', () => {
  test.each([
    ['my KETTLE is late', true],
    ['kettles are late', false],
    ['the teakettle', false],
    ['kettle2', false],
    ['kettle_2', false],
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

describe('includes', () => {
  test.each<[Check, string, boolean]>([
    [{ kind: 'includes', all: ['kettle'] }, 'TEAKETTLES', true],
    [{ kind: 'includes', all: ['kettle'], exactCase: true }, 'TEAKETTLES', false],
    [{ kind: 'includes', all: ['a.c'] }, 'abc', false],
    [{ kind: 'includes', any: ['yes.', 'no.'] }, 'I say no.', true],
    [{ kind: 'includes', all: ['I'], any: ['yes.', 'no.'] }, 'I say maybe.', false],
  ])('%j finds itself in %j: %s', (check, text, found) => {
    expect(passes(check, text)).toBe(found);
  });
});

describe('frequency', () => {
  test.each<[Check, string, boolean]>([
    [{ kind: 'frequency', of: 'dog', min: 2 }, 'Dogs and DOGMA', true],
    [{ kind: 'frequency', of: 'dog', min: 2, wholeWords: true }, 'A dog and DOGMA', false],
    [{ kind: 'frequency', of: 'dog', max: 1 }, 'dog, dog', false],
    [{ kind: 'frequency', of: 'aa', min: 2 }, 'aaa', false],
    [{ kind: 'frequency', of: ',', max: 0 }, 'none here', true],
    [{ kind: 'frequency', of: ',', max: 0 }, 'one, here', false],
    [{ kind: 'frequency', of: '!', min: 3 }, '!?!!', true],
    [{ kind: 'frequency', of: 'ß', min: 1 }, 'Straße', true],
  ])('%j of %j: %s', (check, text, passed) => {
    expect(passes(check, text)).toBe(passed);
  });
});

describe('starts-with and ends-with', () => {
  test('a response starts with one of them, case and white space aside', () => {
    expect(passes({ kind: 'starts-with', any: ['Dear', 'Hello'] }, '\n hello there')).toBe(true);
    expect(passes({ kind: 'starts-with', any: ['Dear'] }, 'My dear')).toBe(false);
  });

  test('a response ends with one of the endings, white space aside', () => {
    expect(passes({ kind: 'ends-with', any: ['.', '!'] }, 'Done!\n ')).toBe(true);
    expect(passes({ kind: 'ends-with', any: ['.', '!'] }, 'Done! And')).toBe(false);
    expect(passes({ kind: 'ends-with', any: ['done.'] }, 'All Done.')).toBe(false);
  });

  test('loosely, case and quotes around it do not count', () => {
    expect(passes({ kind: 'ends-with', any: ['All done.'], loosely: true }, '"It is ALL DONE."\n')).toBe(true);
    expect(passes({ kind: 'ends-with', any: ['All done.'], loosely: true }, 'All done. Bye.')).toBe(false);
  });
});

describe('a response of 200 KB', () => {
  const checks: readonly Check[] = [
    { kind: 'ends-with', any: ['done.'], loosely: true },
    { kind: 'ends-with', any: ['done.'] },
    { kind: 'starts-with', any: ['done.'] },
    { kind: 'mentions', all: ['all done'] },
    { kind: 'avoids', words: ['all done', '"'] },
    { kind: 'includes', any: ['all done', '""'] },
    { kind: 'frequency', of: 'all done', wholeWords: true, min: 1 },
    { kind: 'frequency', of: '""', min: 1 },
  ];

  test('is checked in an instant, whatever it repeats', () => {
    const piece = fc.constantFrom('"', ' ', '\n', '\u00a0', '" ', '."', 'all ', 'All done. ', '_', 'é', '😀');
    const text = fc
      .tuple(piece, piece, fc.constantFrom('', '"', 'x', 'done.', 'done."', ' '))
      .map(([one, other, end]) => one.repeat(100_000 / one.length) + other.repeat(100_000 / other.length) + end);
    fc.assert(
      fc.property(text, (long) => {
        const started = performance.now();
        runChecks(checks, long);

        expect(performance.now() - started).toBeLessThan(500);
      }),
      { numRuns: 100, examples: [[`${'"'.repeat(200_000)}x`]] },
    );
  });
});

describe('matches', () => {
  test('a pattern is searched anywhere, with its flags', () => {
    expect(passes({ kind: 'matches', pattern: '^\\p{Lu}', flags: 'm' }, 'no\nYes')).toBe(true);
    expect(passes({ kind: 'matches', pattern: '^\\p{Lu}' }, 'no\nYes')).toBe(false);
  });

  test('the same pattern gives the same result each time', () => {
    const check = checkSchema.parse({ kind: 'matches', pattern: 'a', flags: 'i' });

    expect([1, 2, 3].map(() => runChecks([check], 'A').passed)).toEqual([1, 1, 1]);
  });
});
