import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { rateLimit, type ToldRate } from '../../../providers/call-engine/rate-limit.ts';
import { ratesIn } from '../../../providers/openai-compatible/rate-headers.ts';

const told = (limit: string, remaining: string, reset?: string) =>
  new Headers({
    'x-ratelimit-limit-requests': limit,
    'x-ratelimit-remaining-requests': remaining,
    ...(reset === undefined ? {} : { 'x-ratelimit-reset-requests': reset }),
  });

describe('the headers of an answer', () => {
  test.each<[string, string, string | undefined, ToldRate]>([
    ['60', '59', '1s', { limit: 60, remaining: 59, resetSeconds: 1 }],
    ['60', '0', '6m0s', { limit: 60, remaining: 0, resetSeconds: 360 }],
    ['5000', '4999', '12ms', { limit: 5000, remaining: 4999, resetSeconds: 0.012 }],
    ['5000', '4999', '1h2m3.5s', { limit: 5000, remaining: 4999, resetSeconds: 3723.5 }],
    ['14400', '14370', '2d', { limit: 14400, remaining: 14370, resetSeconds: 172_800 }],
    [' 60 ', '59', ' 1.5s ', { limit: 60, remaining: 59, resetSeconds: 1.5 }],
    ['60', '59', '7', { limit: 60, remaining: 59, resetSeconds: 7 }],
    ['60', '59', undefined, { limit: 60, remaining: 59, resetSeconds: undefined }],
    ['60', '59', 'soon', { limit: 60, remaining: 59, resetSeconds: undefined }],
    ['60', '59', '2026-11-24T09:00:00Z', { limit: 60, remaining: 59, resetSeconds: undefined }],
    ['60', '59', '-1s', { limit: 60, remaining: 59, resetSeconds: undefined }],
    ['0', '0', '0s', { limit: 0, remaining: 0, resetSeconds: 0 }],
  ])('limit %j, remaining %j, reset %j are read', (limit, remaining, reset, rate) => {
    expect(ratesIn(told(limit, remaining, reset))).toEqual({ requests: rate, tokens: undefined });
  });

  test.each([
    ['-1', '5'],
    ['60', '-3'],
    ['unlimited', '5'],
    ['60', ''],
    ['1e9', '5'],
    ['60.5', '5'],
    ['9'.repeat(400), '5'],
  ])('limit %j with remaining %j say nothing', (limit, remaining) => {
    expect(ratesIn(told(limit, remaining, '1s'))).toEqual({ requests: undefined, tokens: undefined });
  });

  test('tell of tokens under names of their own', () => {
    const headers = { 'x-ratelimit-limit-tokens': '150000', 'x-ratelimit-remaining-tokens': '149984' };

    expect(ratesIn(new Headers(headers)).tokens).toEqual({ limit: 150000, remaining: 149984, resetSeconds: undefined });
    expect(ratesIn(new Headers()).tokens).toBeUndefined();
  });

  const plain = fc.string({ unit: fc.constantFrom(...'0123456789.-+eEsmhdu: ,'), maxLength: 14 });
  const anything = fc.oneof(
    plain,
    fc.string({ unit: 'binary-ascii' }),
    fc.double().map(String),
    fc.nat().map((n) => `${n}ms`),
  );
  const headers = fc
    .record({ limit: anything, remaining: anything, reset: anything })
    .map(({ limit, remaining, reset }) => {
      const value = (text: string) => text.replace(/[^\t\x20-\x7e]/g, '');
      return told(value(limit), value(remaining), value(reset));
    });

  test('are numbers that one can count with, or nothing, whatever they say', () => {
    fc.assert(
      fc.property(headers, (headers) => {
        const { requests } = ratesIn(headers);
        if (requests === undefined) return;
        for (const figure of [requests.limit, requests.remaining, requests.resetSeconds ?? 0]) {
          expect(Number.isFinite(figure) && figure >= 0).toBe(true);
        }
      }),
      { numRuns: 10_000 },
    );
  });

  test('never make a call wait for ever, nor for less than no time', () => {
    fc.assert(
      fc.property(fc.array(headers, { maxLength: 4 }), fc.nat(1_000_000), (answers, tokens) => {
        const rate = rateLimit({});
        for (const [index, answer] of answers.entries()) rate.learn(ratesIn(answer), 1000 * index);
        rate.take(tokens, 10_000);

        const wait = rate.waitFor(10_000);

        expect(Number.isFinite(wait) && wait >= 0).toBe(true);
      }),
      { numRuns: 10_000 },
    );
  });
});
