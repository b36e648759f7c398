import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Check, checkSchema } from '../../../core/checks/check.ts';
import { answeredNumber } from '../../../core/text/numbers.ts';
import { passes } from './passes.ts';

describe('number', () => {
  test.each([
    ['The sum is 1,000.0', 1000],
    ['It holds 1,000,000.', 1_000_000],
    ['It fell to -5 degrees', -5],
    ['It fell to −5 degrees', -5],
    ['x = -0.25', -0.25],
    ['First 3, then 4.', 4],
    ['$18', 18],
    ['-$18', -18],
    ['18€', 18],
    ['about 5 %.', 5],
    ['007', 7],
    ['1e3', 1000],
    ['10 - 5', 5],
    ['3-5', 5],
    ['He has 3.\n#### 12 of 20', 12],
    ['3 + 4 = 7\nA: 7\nThat took 2 steps.', 7],
    ['The answer is 18 dollars for 3 eggs.', 18],
    ['The answer is 3 + 4 = 7.', 7],
    ['**Answer:** $1,200.', 1200],
    ['So \\boxed{42} in 3 steps', 42],
    ['\\boxed{1{,}234}', 1234],
    ['\\boxed{\\frac{3}{4}}', 0.75],
    ['The answer is 3/4.', 0.75],
    ['The answer is 1 1/2 cups', 1.5],
    ['The answer is -1/2', -0.5],
    ['First the answer is 3. No: the answer is 4. I took 9 steps.', 4],
    ['I have 5. The answer is unclear.', 5],
    ['Answer: 1/0', 1],
  ])('%j answers with %d', (text, equals) => {
    expect(answeredNumber(text)).toBe(equals);
    expect(passes({ kind: 'number', equals }, text)).toBe(true);
    expect(passes({ kind: 'number', equals: equals + 1 }, text)).toBe(false);
  });

  test.each(['none at all', 'A: none', '####', '\\boxed{x}'])('%j answers with no number', (text) => {
    expect(answeredNumber(text)).toBeUndefined();
    expect(passes({ kind: 'number', equals: 0 }, text)).toBe(false);
  });

  test('may be off by its tolerance, and by no more', () => {
    const check: Check = { kind: 'number', equals: 10, tolerance: 0.5 };

    expect([9.4, 9.5, 10.5, 10.6].map((answer) => passes(check, `${answer}`))).toEqual([false, true, true, false]);
  });

  test('is read as it is written for people, with commas', () => {
    fc.assert(
      fc.property(fc.integer({ min: -1e9, max: 1e9 }), (equals) => {
        expect(passes({ kind: 'number', equals }, `So it is ${equals.toLocaleString('en-US')}.`)).toBe(true);
        expect(passes({ kind: 'number', equals }, `A: ${equals}\nin 3 steps`)).toBe(true);
      }),
    );
  });
});

describe('json', () => {
  test('is any JSON value, alone', () => {
    fc.assert(
      fc.property(fc.json(), (json) => {
        expect(passes({ kind: 'json' }, ` ${json}\n`)).toBe(true);
        expect(passes({ kind: 'json' }, `Here: ${json}`)).toBe(false);
      }),
    );
  });

  test('may stand in one fence where that is allowed', () => {
    expect(passes({ kind: 'json' }, '```json\n{}\n```')).toBe(false);
    expect(passes({ kind: 'json', fenced: true }, '```json\n{}\n```')).toBe(true);
    expect(passes({ kind: 'json', fenced: true }, '```\n[1]\n```')).toBe(true);
    expect(passes({ kind: 'json', fenced: true }, '{"a": 1}')).toBe(true);
    expect(passes({ kind: 'json', fenced: true }, 'Here:\n```json\n{}\n```')).toBe(false);
  });
});

describe('json-schema', () => {
  const check: Check = {
    kind: 'json-schema',
    schema: {
      $schema: 'http://json-schema.org/draft-07/schema#',
      type: 'object',
      properties: { city: { type: 'string' }, people: { type: 'integer', minimum: 1 } },
      required: ['city'],
    },
  };

  test.each([
    ['{"city": "Paris"}', true],
    ['{"city": "Paris", "people": 0}', false],
    ['{"people": 3}', false],
    ['Here it is:\n```json\n{"city": "Paris"}\n```\nDone.', true],
    ['```json\n{"city": 3}\n```\n{"city": "Paris"}', false],
    ['Here: {"city": "Paris"}', false],
    ['{"city": "Paris"', false],
  ])('%j fits the schema: %s', (text, fits) => {
    expect(passes(check, text)).toBe(fits);
  });

  test.each([[{ type: 'town' }], [{ properties: [] }], [{ $ref: 'https://example.org/other.json' }]])(
    'refuses what is no schema: %j',
    (schema) => {
      const read = checkSchema.safeParse({ kind: 'json-schema', schema });

      expect(read.error?.issues[0]?.message).toMatch(/^not a JSON Schema: /);
    },
  );

  test('takes what a schema allows, whatever it is', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(passes({ kind: 'json-schema', schema: {} }, JSON.stringify(value))).toBe(true);
        expect(passes({ kind: 'json-schema', schema: { not: {} } }, JSON.stringify(value))).toBe(false);
      }),
    );
  });
});
