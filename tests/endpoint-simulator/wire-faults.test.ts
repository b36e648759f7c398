import { afterEach, describe, expect, test } from '@jest/globals';
import { closeSimulators, openSimulator, post, sampled, sampling } from './simulator-fixture.ts';
import type { Planted, SimulatorOptions, WireFault } from './simulator-options.ts';

afterEach(closeSimulators);

const always = (fault: WireFault): SimulatorOptions => ({ wire: [{ ...fault, share: 1 }] });

describe('a planted 429 says when to come back', () => {
  const tooMany = (retryAfter: 'seconds' | 'date' | 'milliseconds' | 'none', more: SimulatorOptions = {}) => {
    const options = always({ fault: 'too-many-requests', retryAfter, waitSeconds: 2.5 });
    return openSimulator({ ...options, ...more }).then((simulator) => post(simulator, sampling(0)));
  };

  test('in seconds', async () => {
    const { status, headers, body } = await tooMany('seconds');

    expect({ status, after: headers['retry-after'] }).toEqual({ status: 429, after: '2.5' });
    expect(JSON.parse(body)).toMatchObject({ error: { message: expect.stringContaining('Too many') } });
  });

  test('in milliseconds', async () => {
    expect((await tooMany('milliseconds')).headers).toMatchObject({ 'retry-after-ms': '2500' });
  });

  test('as a date, by a clock that may be an hour off', async () => {
    const { headers } = await tooMany('date', { clockSkewSeconds: 3600 });
    const own = Date.parse(headers.date ?? '');

    expect(own - Date.now()).toBeGreaterThan(3_590_000);
    // HTTP dates are whole seconds.
    expect(Math.abs(Date.parse(headers['retry-after'] ?? '') - own - 2500)).toBeLessThanOrEqual(1000);
  });

  test('or not at all', async () => {
    const { status, headers } = await tooMany('none');

    expect(status).toBe(429);
    expect(Object.keys(headers).filter((name) => name.startsWith('retry'))).toEqual([]);
  });
});

describe('on the wire', () => {
  test.each([500, 502, 503, 529] as const)('a server error is %d with an error body', async (status) => {
    const answer = await post(await openSimulator(always({ fault: 'server-error', status })), sampling(0));

    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.body)).toHaveProperty('error.message');
  });

  test('a hanging call is never answered; its client has to give up', async () => {
    const simulator = await openSimulator(always({ fault: 'hang' }));
    const given = fetch(`${simulator.url}/chat/completions`, {
      method: 'POST',
      body: JSON.stringify(sampling(0)),
      signal: AbortSignal.timeout(150),
    });

    await expect(given).rejects.toThrow('timeout');
    expect(simulator.counts).toMatchObject({ requests: 1, answered: 0, struck: { hang: 1 } });
  });

  test('a slow drip comes whole, in many pieces', async () => {
    const simulator = await openSimulator(always({ fault: 'slow-drip', bytes: 200, everyMilliseconds: 2 }));
    const { body, pieces, isWhole } = await post(simulator, sampling(0));

    expect(isWhole).toBe(true);
    expect(pieces).toBeGreaterThan(3);
    expect(JSON.parse(body).choices).toHaveLength(4);
    expect(simulator.counts.answered).toBe(1);
  });

  test('a reset ends in the middle of the body', async () => {
    const simulator = await openSimulator(always({ fault: 'reset' }));
    const { status, headers, body, isWhole } = await post(simulator, sampling(0));

    expect({ status, isWhole }).toEqual({ status: 200, isWhole: false });
    expect(body.length).toBeGreaterThan(0);
    expect(body.length).toBeLessThan(Number(headers['content-length']));
    expect(simulator.counts.answered).toBe(0);
  });

  test('truncated JSON comes as a whole body', async () => {
    const simulator = await openSimulator(always({ fault: 'truncated-json' }));
    const { headers, body, isWhole } = await post(simulator, sampling(0));

    expect(isWhole).toBe(true);
    expect(Buffer.byteLength(body)).toBe(Number(headers['content-length']));
    expect(() => JSON.parse(body)).toThrow();
    expect(simulator.counts.answered).toBe(0);
  });

  test('a page of HTML comes with status 200', async () => {
    const simulator = await openSimulator(always({ fault: 'html' }));
    const { status, headers, body } = await post(simulator, sampling(0));

    expect({ status, type: headers['content-type'] }).toEqual({ status: 200, type: 'text/html' });
    expect(body).toContain('<h1>');
  });

  test('JSON can be declared as text', async () => {
    const { headers, body } = await post(await openSimulator(always({ fault: 'text-plain' })), sampling(0));

    expect(headers['content-type']).toBe('text/plain');
    expect(JSON.parse(body).choices).toHaveLength(4);
  });

  test('choices can be empty, which is no answer', async () => {
    const simulator = await openSimulator(always({ fault: 'empty-choices' }));

    expect((await sampled(simulator, 0)).choices).toEqual([]);
    expect(simulator.counts.answered).toBe(0);
  });

  test('the model can have another name', async () => {
    expect((await sampled(await openSimulator(always({ fault: 'other-model' })), 0)).model).toBe('another-model-2');
  });

  test('usage can be missing', async () => {
    expect(await sampled(await openSimulator(always({ fault: 'no-usage' })), 0)).not.toHaveProperty('usage');
    expect(await sampled(await openSimulator(), 0)).toHaveProperty('usage.prompt_tokens');
  });

  test('a huge body holds the answer behind its junk', async () => {
    const { body } = await post(await openSimulator(always({ fault: 'huge-body', megabytes: 20 })), sampling(0));

    expect(body.length).toBeGreaterThan(20_000_000);
    expect(JSON.parse(body).choices).toHaveLength(4);
  });
});

describe('a share of wire faults', () => {
  const rejected: Planted<WireFault> = { fault: 'server-error', status: 503, share: 0.3 };
  const statuses = async (options: SimulatorOptions) => {
    const simulator = await openSimulator(options);
    const attempts = Array.from({ length: 300 }, (_, index) => post(simulator, sampling(index % 150)));
    return (await Promise.all(attempts)).map(({ status }) => status);
  };

  test('strikes that share of the attempts, the same ones each time', async () => {
    const first = await statuses({ wire: [rejected] });

    expect(await statuses({ wire: [rejected] })).toEqual(first);
    // 300 draws at 0.3: 90 expected, 32 is 4 standard deviations.
    expect(Math.abs(first.filter((status) => status === 503).length - 90)).toBeLessThan(32);
  });

  test('is drawn afresh for a repeated call, so that patience gets through', async () => {
    const found = await statuses({ wire: [rejected] });
    const changed = found.slice(0, 150).filter((status, index) => status !== found[index + 150]);

    expect(changed.length).toBeGreaterThan(30);
  });

  test('strikes only whom it is planted on, and where its rule holds', async () => {
    expect(await statuses({ wire: [{ ...rejected, share: 1, on: 'teacher' }] })).not.toContain(503);
    const onFirst = await statuses({ wire: [{ ...rejected, share: 1, when: ({ attempt }) => attempt === 0 }] });
    expect(onFirst.filter((status) => status === 503)).toHaveLength(150);
  });

  test('two faults share the attempts between them', async () => {
    const found = await statuses({ wire: [rejected, { fault: 'server-error', status: 500, share: 1 }] });

    expect(new Set(found)).toEqual(new Set([503, 500]));
  });
});
