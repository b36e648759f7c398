import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { retryAfterSeconds } from '../../../providers/openai-compatible/retry-after.ts';

const noon = 'Tue, 24 Nov 2026 12:00:00 GMT';
const now = Date.parse(noon);
const at = (seconds: number) => new Date(now + 1000 * seconds).toUTCString();

describe('what an endpoint asks to wait', () => {
  test.each<[string, Record<string, string>, number | undefined]>([
    ['seconds', { 'retry-after': '3' }, 3],
    ['a part of a second', { 'retry-after': '0.25' }, 0.25],
    ['nothing', { 'retry-after': '0' }, 0],
    ['with blanks around it', { 'retry-after': ' 7 ' }, 7],
    ['milliseconds, before seconds', { 'retry-after-ms': '1500', 'retry-after': '9' }, 1.5],
    ['milliseconds that are none', { 'retry-after-ms': 'soon', 'retry-after': '9' }, 9],
    ['a date', { 'retry-after': at(20) }, 20],
    ['a date that has passed', { 'retry-after': at(-20) }, 0],
    ['a date by a clock that is an hour ahead', { 'retry-after': at(3_620), date: at(3_600) }, 20],
    ['a date by a clock that is an hour late', { 'retry-after': at(-3_580), date: at(-3_600) }, 20],
    ['a date by a clock that can not be read', { 'retry-after': at(20), date: 'noon' }, 20],
    ['a date as ISO 8601 writes it', { 'retry-after': '2026-11-24T12:00:20Z' }, 20],
    ['words', { 'retry-after': 'in a moment' }, undefined],
    ['words with a number', { 'retry-after': 'in 2 minutes' }, undefined],
    ['a number with words', { 'retry-after': '60 (seconds)' }, undefined],
    ['less than nothing', { 'retry-after': '-5' }, undefined],
    ['a number that no number can hold', { 'retry-after': '9'.repeat(400) }, undefined],
    ['no text', { 'retry-after': '' }, undefined],
    ['under the name that LiteLLM gives it', { 'llm_provider-retry-after': '4' }, 4],
    ['not at all', {}, undefined],
  ])('is read: %s', (_, headers, seconds) => {
    expect(retryAfterSeconds(new Headers(headers), now)).toBe(seconds);
  });

  test('is unknown where there are no headers', () => {
    expect(retryAfterSeconds(undefined, now)).toBeUndefined();
  });

  test('is a number of seconds or unknown, whatever the headers say', () => {
    const plain = fc.string({ unit: fc.constantFrom(...'0123456789.-+eE: ,GMTuNov'), maxLength: 30 });
    const digits = fc.string({ unit: fc.constantFrom(...'0123456789'), maxLength: 400, size: 'max' });
    const dates = fc.date({ noInvalidDate: true }).map((date) => date.toUTCString());
    const text = fc.oneof(plain, digits, dates, fc.double().map(String), fc.string({ unit: 'binary-ascii' }));
    const value = text.map((said) => said.replace(/[^\t\x20-\x7e]/g, ''));
    fc.assert(
      fc.property(value, value, value, (seconds, milliseconds, date) => {
        const headers = new Headers({ 'retry-after': seconds, 'retry-after-ms': milliseconds, date });

        const wait = retryAfterSeconds(headers, now);

        if (wait !== undefined) expect(Number.isFinite(wait) && wait >= 0).toBe(true);
      }),
      { numRuns: 10_000 },
    );
  });
});
