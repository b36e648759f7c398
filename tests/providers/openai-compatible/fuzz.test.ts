import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { jobSchema, viewOf } from '../../../providers/openai-compatible/job-view.ts';
import { ratesIn } from '../../../providers/openai-compatible/rate-headers.ts';
import { retryAfterSeconds } from '../../../providers/openai-compatible/retry-after.ts';

/** What may stand in a header, by HTTP and by the people who write servers. */
const header = fc.oneof(
  fc.string({ unit: fc.constantFrom(...'0123456789.-+eE, smhdGMT:') }),
  fc.string({ unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)) }),
  fc.date().map((date) => (Number.isNaN(date.getTime()) ? 'Invalid Date' : date.toUTCString())),
  fc.double().map(String),
  fc.constantFrom('9'.repeat(400), 'Infinity', 'NaN', '-1', '1e9', '0x10', ''),
);
const isWait = (seconds: number | undefined) => seconds === undefined || (Number.isFinite(seconds) && seconds >= 0);

describe('whatever the headers say', () => {
  test('a wait is undefined or a number of seconds', () => {
    const names = fc.constantFrom('retry-after', 'retry-after-ms', 'date');
    fc.assert(
      fc.property(fc.array(fc.tuple(names, header), { maxLength: 3 }), fc.nat(), (pairs, now) => {
        const seconds = retryAfterSeconds(new Headers(pairs), now);

        expect([seconds, isWait(seconds)]).toEqual([seconds, true]);
      }),
      { numRuns: 10_000 },
    );
  });

  test('a rate is undefined or made of numbers', () => {
    const names = fc.constantFrom(
      ...['limit', 'remaining', 'reset'].flatMap((what) => [
        `x-ratelimit-${what}-requests`,
        `x-ratelimit-${what}-tokens`,
      ]),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(names, header), { maxLength: 6 }), (pairs) => {
        for (const rate of Object.values(ratesIn(new Headers(pairs)))) {
          if (rate === undefined) continue;
          expect([rate.limit, rate.remaining, rate.resetSeconds].filter((number) => !isWait(number))).toEqual([]);
        }
      }),
      { numRuns: 10_000 },
    );
  });
});

describe('whatever a job says', () => {
  const phases = ['pending', 'running', 'succeeded', 'failed', 'cancelled', 'unknown'];
  const said = fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.string());
  const status = fc.oneof(
    fc.constantFrom('succeeded', 'failed', 'running', 'canceled', 'constructor', '__proto__'),
    said,
  );
  const body = fc.record(
    {
      id: fc.oneof(fc.string(), said),
      status,
      fine_tuned_model: fc.oneof(fc.constantFrom(null, '', 'ft:model'), said),
      training_file: said,
      metadata: said,
      trained_tokens: fc.oneof(fc.nat(), said),
      error: fc.oneof(fc.record({ code: said, message: said }, { requiredKeys: [] }), said),
    },
    { requiredKeys: [] },
  );

  test('it is refused, or a phase that is known; a success names its model', () => {
    fc.assert(
      fc.property(fc.oneof(body, said), (value) => {
        const read = jobSchema.safeParse(value);
        if (!read.success) return;
        const { phase, artifact } = viewOf(read.data);

        expect(phases).toContain(phase);
        expect(phase === 'succeeded').toBe(Boolean(artifact));
      }),
      { numRuns: 10_000 },
    );
  });
});
