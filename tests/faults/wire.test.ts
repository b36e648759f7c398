import { afterAll, describe, expect, test } from '@jest/globals';
import type { Planted, WireFault } from '../endpoint-simulator/simulator-options.ts';
import { runUnder, type World } from './faulty-run.ts';
import { billed, expectNothingWrong, expectSound, note, printTable } from './outcome-table.ts';
import { learnable } from './truth.ts';

afterAll(printTable);

const wire = (...faults: Planted<WireFault>[]): World => ({ wire: faults });
const tooMany = (retryAfter: 'seconds' | 'date' | 'milliseconds' | 'none'): World =>
  wire({ fault: 'too-many-requests', retryAfter, waitSeconds: 2, share: 0.2 });
const broken = (status: 500 | 502 | 503 | 529): Planted<WireFault> => ({ fault: 'server-error', status, share: 0.06 });

describe('a fault of the wire costs time, and no label', () => {
  test.each<[string, World]>([
    ['none', {}],
    ['429, Retry-After in seconds', tooMany('seconds')],
    ['429, Retry-After as a date', tooMany('date')],
    ['429, retry-after-ms', tooMany('milliseconds')],
    ['429 without a word', tooMany('none')],
    ['429 by a clock an hour ahead', { ...tooMany('date'), clockSkewSeconds: 3600 }],
    ['429 by a clock an hour behind', { ...tooMany('date'), clockSkewSeconds: -3600 }],
    ['500, 502, 503, 529', wire(broken(500), broken(502), broken(503), broken(529))],
    ['hang', { ...wire({ fault: 'hang', share: 0.1 }), timeoutSeconds: 0.5 }],
    [
      'slow drip',
      { ...wire({ fault: 'slow-drip', bytes: 8, everyMilliseconds: 50, share: 0.1 }), timeoutSeconds: 0.5 },
    ],
    ['reset in the body', wire({ fault: 'reset', share: 0.2 })],
    ['JSON as text/plain', wire({ fault: 'text-plain', share: 0.3 })],
    ['another model name', wire({ fault: 'other-model', share: 0.3 })],
    ['no usage', wire({ fault: 'no-usage', share: 0.3 })],
    ['20 MB of junk', wire({ fault: 'huge-body', megabytes: 20, share: 0.01 })],
    ['limits of a minute', { limits: { requestsPerMinute: 130, tokensPerMinute: 90_000 }, haste: 1, prompts: 20 }],
    ['limits of a minute, kept by the second', { limits: { requestsPerMinute: 12_000, burstSeconds: 1 }, haste: 1 }],
  ])('%s', async (name, world) => {
    const run = await runUnder({ prompts: 40, ...world });
    note(name, run);

    expect(run.end).toEqual({ kind: 'ended', ending: 'dataset-ready' });
    expectSound(run);
    expect(run.truth.pairs).toHaveLength(learnable(run.truth));
  });
});

test('a call that is slow is sent once more: no label is wrong, and both are in the bill', async () => {
  const slowTails = { medianMilliseconds: 5, sigma: 1.5 };
  const run = await runUnder({ latency: slowTails, hedgeAfterSeconds: 0.03, haste: 1, prompts: 40 });
  note('slow tails, hedged', run);
  const { truth, counts } = run;

  expect(run.end).toEqual({ kind: 'ended', ending: 'dataset-ready' });
  expectNothingWrong(run);
  expect(truth.pairs).toHaveLength(learnable(truth));
  // Each hedge leaves one request that nobody waited for.
  expect(counts.requests).toBeGreaterThan(counts.answered);
  // One that was given up on its way to the wire is in the bill too.
  expect(billed(truth)).toBeGreaterThanOrEqual(counts.requests);
  expect(billed(truth)).toBeLessThan(counts.requests + 20);
});

/** The last number is the least of pairs from 60 prompts. */
describe('what is asked again in vain is counted', () => {
  test.each<[string, World, number]>([
    ['truncated JSON', wire({ fault: 'truncated-json', share: 0.2 }), 50],
    ['a page of HTML', wire({ fault: 'html', share: 0.2 }), 50],
    ['empty choices', wire({ fault: 'empty-choices', share: 0.2 }), 50],
  ])('%s', async (name, world, least) => {
    const run = await runUnder(world);
    note(name, run);

    expect(run.end).toEqual({ kind: 'ended', ending: 'dataset-ready' });
    expectSound(run);
    expect(run.truth.pairs.length).toBeGreaterThanOrEqual(least);
  });
});

describe('an endpoint that answers nothing ends the run under a name', () => {
  test.each<[string, World, string]>([
    ['nothing but 429', wire({ fault: 'too-many-requests', retryAfter: 'seconds', share: 1 }), 'ProviderOverloaded'],
    ['nothing but 503', wire({ fault: 'server-error', status: 503, share: 1 }), 'ProviderOverloaded'],
    ['nothing but resets', wire({ fault: 'reset', share: 1 }), 'ProviderOverloaded'],
    ['nothing but HTML', wire({ fault: 'html', share: 1 }), 'ProviderAnswerUnreadable'],
    ['nothing but cut JSON', wire({ fault: 'truncated-json', share: 1 }), 'ProviderAnswerUnreadable'],
  ])('%s', async (name, world, error) => {
    const run = await runUnder({ ...world, prompts: 6, haste: 2000 });
    note(name, run);

    expect(run.end).toMatchObject({ kind: 'failed', error });
    expect(run.truth.pairs).toEqual([]);
    expect(run.counts.answered).toBe(0);
  });
});
