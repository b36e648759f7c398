import { afterEach, describe, expect, test } from '@jest/globals';
import { callHash } from './read-call.ts';
import { closeSimulators, openSimulator, post, sampled, sampling } from './simulator-fixture.ts';
import { duration, LimitedRate } from './token-bucket.ts';

afterEach(closeSimulators);

describe('rate limits', () => {
  test('requests above the limit get a 429 that says how long to wait, in true headers', async () => {
    const simulator = await openSimulator({ limits: { requestsPerMinute: 60, burstSeconds: 2 } });
    const answers = [];
    for (let index = 0; index < 3; index++) answers.push(await post(simulator, sampling(index)));

    expect(answers.map(({ status }) => status)).toEqual([200, 200, 429]);
    expect(answers[0]?.headers).toMatchObject({
      'x-ratelimit-limit-requests': '60',
      'x-ratelimit-remaining-requests': '1',
    });
    expect(Number(answers[2]?.headers['retry-after-ms'])).toBeGreaterThan(500);
    expect(Number(answers[2]?.headers['retry-after-ms'])).toBeLessThanOrEqual(1000);
    expect(simulator.counts).toMatchObject({ answered: 2, tooManyRequests: 1 });
  });

  test('tokens count as the answers report them', async () => {
    const { usage } = await sampled(await openSimulator(), 0);
    const tokens = (usage?.prompt_tokens ?? 0) + (usage?.completion_tokens ?? 0);
    const simulator = await openSimulator({ limits: { tokensPerMinute: 2 * tokens, burstSeconds: 60 } });
    const first = await post(simulator, sampling(0));

    expect(first.headers['x-ratelimit-limit-tokens']).toBe(String(2 * tokens));
    expect(first.headers['x-ratelimit-remaining-tokens']).toBe(String(tokens));
    expect((await post(simulator, sampling(0))).status).toBe(200);
    expect((await post(simulator, sampling(0))).status).toBe(429);
  });

  test('a bucket refills steadily, and after the wait it tells it admits', () => {
    const rate = new LimitedRate({ requestsPerMinute: 600, burstSeconds: 1 });
    const admitted = Array.from({ length: 11 }, () => rate.admit(0, 1000));

    expect(admitted).toEqual([...Array(10).fill(0), 100]);
    expect(rate.admit(0, 1099)).toBeGreaterThan(0);
    expect(rate.admit(0, 1100)).toBe(0);
  });

  test('what is refused for its tokens takes no request', () => {
    const rate = new LimitedRate({ requestsPerMinute: 60, tokensPerMinute: 600, burstSeconds: 1 });

    expect(rate.admit(10, 0)).toBe(0);
    expect(rate.admit(10, 500)).toBe(500);
    expect(rate.admit(10, 1000)).toBe(0);
  });

  test.each([
    [17, '17ms'],
    [1500, '1.5s'],
    [360_000, '6m0s'],
  ])('%d ms is told as %s', (milliseconds, text) => {
    expect(duration(milliseconds)).toBe(text);
  });
});

describe('latency', () => {
  const meant = async (sigma: number) => {
    const simulator = await openSimulator({ latency: { medianMilliseconds: 10, sigma } });
    await Promise.all(Array.from({ length: 200 }, (_, index) => post(simulator, sampling(index))));
    return simulator.counts.latencyMilliseconds / 200;
  };

  test('fixed: each answer waits as long', async () => {
    const before = performance.now();

    expect(await meant(0)).toBe(10);
    expect(performance.now() - before).toBeGreaterThanOrEqual(9);
  });

  test('lognormal: the mean is the median · e^(σ²/2)', async () => {
    // Standard error of the mean: 11.3 · √(e^0.25 − 1) / √200 = 0.43.
    expect(Math.abs((await meant(0.5)) - 11.33)).toBeLessThan(1.8);
  });
});

describe('counts', () => {
  test('every call has its hash, its attempts and how often it was answered in full', async () => {
    const simulator = await openSimulator({
      wire: [{ fault: 'server-error', status: 500, share: 1, when: ({ attempt }) => attempt === 0 }],
    });
    for (let attempt = 0; attempt < 3; attempt++) await post(simulator, sampling(0));
    await post(simulator, sampling(1));

    expect(simulator.calls.get(callHash(sampling(0)))).toEqual({ attempts: 3, answered: 2 });
    expect(simulator.calls.get(callHash(sampling(1)))).toEqual({ attempts: 1, answered: 0 });
    expect(simulator.counts).toMatchObject({ requests: 4, answered: 2, repeated: 1, struck: { 'server-error': 2 } });
  });

  test.each([
    ['seed', { seed: 5 }],
    ['n', { n: 2 }],
    ['messages', { messages: [{ role: 'user' as const, content: 'Another?' }] }],
  ])('another %s is another call', (_, change) => {
    expect(callHash({ ...sampling(0), ...change })).not.toBe(callHash(sampling(0)));
  });

  test('calls under way at once, and how many came in a second and in a minute', async () => {
    const simulator = await openSimulator({ latency: { medianMilliseconds: 50 } });
    await Promise.all(Array.from({ length: 8 }, (_, index) => post(simulator, sampling(index))));

    expect(simulator.counts).toMatchObject({ inFlight: 0, inFlightMaximum: 8, peakPerSecond: 8, peakPerMinute: 8 });
  });
});

test('what is no call is refused in the shape of the API', async () => {
  const simulator = await openSimulator();

  expect(await post(simulator, 'words')).toMatchObject({ status: 400 });
  expect(await post(simulator, { ...sampling(0), model: 'another' })).toMatchObject({ status: 404 });
  expect(simulator.counts.requests).toBe(0);
});
