import { inspect } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { CredentialRefused } from '../../../core/errors.ts';
import { keyInSecret } from '../../../providers/secrets-manager/key-in-secret.ts';

const id = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:ratchet/openai-AbCdEf';
const key = 'sk-proj-Ab_9.x/y+z=';

test.each([
  ['the key alone', key],
  ['the key with a line end', `${key}\n`],
  ['JSON with one field, whatever its name', `{"apiKey": "${key}"}`],
  ['JSON with a field of that name', `{"user": "me", "OPENAI_API_KEY": "${key}"}`],
  ['JSON with spaces around the key', ` {"OPENAI_API_KEY": " ${key} "} `],
])('%s is read', (_, text) => {
  expect(keyInSecret(text, 'OPENAI_API_KEY', id)).toBe(key);
});

describe('what is no key is refused, with the reason', () => {
  test.each([
    ['', 'it is empty'],
    ['{"OPENAI_API_KEY": ""}', 'it is empty'],
    [`{"a": "${key}", "b": "${key}"}`, 'it has 2 fields, and none of that name'],
    ['{}', 'it has 0 fields, and none of that name'],
    [`{"a": ["${key}"]}`, 'the field is no text'],
    [`{"a": "${key}`, 'it begins with { and is not valid JSON'],
    [`${key}\n${key}`, 'there are spaces, quotes or line breaks in it'],
    [`"${key}"`, 'there are spaces, quotes or line breaks in it'],
    [`${key}…`, 'there are spaces, quotes or line breaks in it, or letters that no key has'],
  ])('%j', (text, reason) => {
    const read = () => keyInSecret(text, 'OPENAI_API_KEY', id);

    expect(read).toThrow(CredentialRefused);
    expect(read).toThrow(`The secret ratchet/openai holds no key for OPENAI_API_KEY: ${reason}`);
    expect(read).toThrow('Store the key alone, or JSON such as {"OPENAI_API_KEY": "the key"}.');
  });
});

test("a field of the variable's name is its own, not one that every object has", () => {
  expect(() => keyInSecret('{"a": "x", "b": "y"}', 'constructor', id)).toThrow(
    'it has 2 fields, and none of that name',
  );
});

test('whatever a secret holds, no error shows any of it', () => {
  const planted = 'PLANTED-0123456789';
  const around = fc.string({ unit: 'grapheme', maxLength: 6 });
  const plain = fc.tuple(around, around).map(([before, after]) => `${before}${planted}${after}`);
  const json = fc
    .tuple(fc.jsonValue({ maxDepth: 2 }), plain)
    .map(([value, text]) => JSON.stringify({ value, text, [text]: text }));
  const cut = json.map((text) => text.slice(0, -2));
  fc.assert(
    fc.property(fc.oneof(plain, json, cut), (text) => {
      try {
        keyInSecret(text, 'KEY', id);
      } catch (error) {
        expect(error).toBeInstanceOf(CredentialRefused);
        expect(inspect(error, { depth: 10, showHidden: true })).not.toContain(planted);
      }
    }),
    { numRuns: 500 },
  );
});
