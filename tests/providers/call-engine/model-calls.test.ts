import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { CredentialRefused, ProviderAnswerUnreadable, ProviderOverloaded } from '../../../core/errors.ts';
import { type Stop, stopOn } from '../../../core/stop.ts';
import { endpointPool } from '../../../providers/call-engine/endpoint-pool.ts';
import { directCalls, pooledCalls, type Send } from '../../../providers/call-engine/model-calls.ts';
import { rateLimit } from '../../../providers/call-engine/rate-limit.ts';
import { VirtualClock } from './virtual-clock.ts';

const busy = (retryAfterSeconds?: number) => new ProviderOverloaded('busy', { retryAfterSeconds, status: 429 });

/** A call that fails so often, one error after the other, and then is answered. */
function callThatMeets(...errors: readonly Error[]) {
  const left = [...errors];
  const call = {
    tries: 0,
    send: (async () => {
      call.tries++;
      const error = left.shift();
      if (error) throw error;
      return { value: 'hello', tokens: 1 };
    }) satisfies Send<string>,
  };
  return call;
}

function callsOn(clock: VirtualClock, more: { tries?: number; hedgeAfterSeconds?: number; stop?: Stop } = {}) {
  return pooledCalls({ pool: endpointPool(20, clock), rate: rateLimit({}), clock, ...more });
}

describe('a call', () => {
  test('is made again until the endpoint has time, and no more', async () => {
    const call = callThatMeets(busy(), busy(), busy());
    const clock = new VirtualClock(0.5);

    expect(await clock.passUntil(callsOn(clock).make(1, call.send))).toEqual({ value: 'hello', sent: 1 });
    expect(call.tries).toBe(4);
    expect(clock.waits).toEqual([125, 250, 500]);
  });

  test('waits as long as the endpoint asks for, and a little more, so that not all come back at once', async () => {
    const clock = new VirtualClock(0.5);

    await clock.passUntil(callsOn(clock).make(1, callThatMeets(busy(7), busy(60), busy(0)).send));

    expect(clock.waits).toEqual([7_125, 60_250, 500]);
  });

  test('that times out is made three times', async () => {
    const slow = () => new ProviderOverloaded('slow', { timedOut: true });
    const call = callThatMeets(slow(), busy(), slow(), slow());
    const clock = new VirtualClock();

    await expect(clock.passUntil(callsOn(clock).make(1, call.send))).rejects.toThrow('slow');
    expect(call.tries).toBe(4);
  });

  test('leaves an endpoint alone that asks for more than a minute', async () => {
    const call = callThatMeets(busy(61));
    const clock = new VirtualClock();

    await expect(clock.passUntil(callsOn(clock).make(1, call.send))).rejects.toThrow(ProviderOverloaded);
    expect(call.tries).toBe(1);
    expect(clock.waits).toEqual([]);
  });

  test('is given up after its tries, with the error as it was', async () => {
    const last = busy();
    const call = callThatMeets(busy(), busy(), last, busy());
    const clock = new VirtualClock();

    await expect(clock.passUntil(callsOn(clock, { tries: 3 }).make(1, call.send))).rejects.toBe(last);
    expect(call.tries).toBe(3);
  });

  test('waits neither less than nothing nor more than half a minute, twice as long at most each time', async () => {
    await fc.assert(
      fc.asyncProperty(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), async (jitter) => {
        const clock = new VirtualClock(jitter);
        const call = callThatMeets(...Array.from({ length: 11 }, () => busy()));

        await clock.passUntil(callsOn(clock, { tries: 12 }).make(1, call.send));

        expect(clock.waits).toHaveLength(11);
        for (const [index, milliseconds] of clock.waits.entries()) {
          expect(milliseconds).toBeGreaterThanOrEqual(0);
          expect(milliseconds).toBeLessThanOrEqual(1000 * Math.min(30, 0.25 * 2 ** index));
        }
      }),
    );
  });

  test('is made three times where its answers can not be read, and all of them are counted', async () => {
    const unreadable = () => new ProviderAnswerUnreadable('half a body');
    const clock = new VirtualClock();

    const readAtLast = callThatMeets(unreadable(), unreadable());
    expect(await clock.passUntil(callsOn(clock).make(1, readAtLast.send))).toEqual({ value: 'hello', sent: 3 });

    const never = callThatMeets(unreadable(), unreadable(), unreadable());
    await expect(clock.passUntil(callsOn(clock).make(1, never.send))).rejects.toMatchObject({
      name: 'ProviderAnswerUnreadable',
      sent: 3,
    });
    expect(never.tries).toBe(3);
  });

  test('that meets any other error fails at once', async () => {
    const refused = new CredentialRefused('no');
    const call = callThatMeets(refused);
    const clock = new VirtualClock();

    await expect(clock.passUntil(callsOn(clock).make(1, call.send))).rejects.toBe(refused);
    expect(call.tries).toBe(1);
  });

  test('that waits to try again holds no place', async () => {
    const clock = new VirtualClock();
    const pool = endpointPool(1, clock);
    const calls = pooledCalls({ pool, rate: rateLimit({}), clock });
    const order: string[] = [];
    const waiting = calls.make(1, callThatMeets(busy(30)).send).then(() => order.push('busy'));
    const other = calls.make(1, callThatMeets().send).then(() => order.push('other'));

    await clock.passUntil(Promise.all([waiting, other]));

    expect(order).toEqual(['other', 'busy']);
  });

  test('that waits is given up when all is to stop', async () => {
    const clock = new VirtualClock();
    const stop = new AbortController();
    const call = callsOn(clock, { stop: stopOn(stop.signal) }).make(1, callThatMeets(busy(30)).send);
    const stopped = clock.wait(1_000).then(() => stop.abort(new Error('stopped')));

    await expect(clock.passUntil(Promise.all([call, stopped]))).rejects.toThrow('stopped');
  });
});

describe('a hedge', () => {
  /** Answers of one call, the first try first: after so many seconds, with a text or an error. */
  function callThatTakes(clock: VirtualClock, ...tries: readonly [seconds: number, said: string | Error][]) {
    const given: AbortSignal[] = [];
    const send: Send<string> = async (signal) => {
      const [seconds, said] = tries[given.length] as [number, string | Error];
      given.push(signal as AbortSignal);
      await clock.wait(1000 * seconds, signal);
      if (said instanceof Error) throw said;
      return { value: said, tokens: 1 };
    };
    return { given, send };
  }

  test('is sent where the first answer takes too long, and the first of both counts', async () => {
    const clock = new VirtualClock();
    const call = callThatTakes(clock, [60, 'late'], [1, 'soon']);

    const answer = await clock.passUntil(callsOn(clock, { hedgeAfterSeconds: 5 }).make(1, call.send));

    expect(answer).toEqual({ value: 'soon', sent: 2 });
    expect(clock.now()).toBe(6_000);
    expect(call.given[0]?.aborted).toBe(true);
  });

  test('is not sent where the answer comes in time', async () => {
    const clock = new VirtualClock();
    const call = callThatTakes(clock, [4, 'in time'], [0, 'never']);

    const answer = await clock.passUntil(callsOn(clock, { hedgeAfterSeconds: 5 }).make(1, call.send));

    expect(answer).toEqual({ value: 'in time', sent: 1 });
    expect(call.given).toHaveLength(1);
  });

  test('is not sent for a call that only waits for its place', async () => {
    const clock = new VirtualClock();
    const pool = endpointPool(1, clock);
    const calls = pooledCalls({ pool, rate: rateLimit({}), clock, hedgeAfterSeconds: 5 });
    const slow = callThatTakes(clock, [4, 'first']);
    const queued = callThatTakes(clock, [4, 'second']);

    const answers = await clock.passUntil(Promise.all([calls.make(1, slow.send), calls.make(1, queued.send)]));

    expect(answers).toEqual([
      { value: 'first', sent: 1 },
      { value: 'second', sent: 1 },
    ]);
    expect(clock.now()).toBe(8_000);
  });

  test('does not keep a failure waiting', async () => {
    const clock = new VirtualClock();
    const call = callThatTakes(clock, [1, new CredentialRefused('no')]);

    await expect(clock.passUntil(callsOn(clock, { hedgeAfterSeconds: 5 }).make(1, call.send))).rejects.toThrow(
      CredentialRefused,
    );
    expect(clock.now()).toBe(1_000);
  });
});

test('without a pool a call is made at once, and once', async () => {
  const call = callThatMeets(busy(0));

  await expect(directCalls.make(1, call.send)).rejects.toThrow(ProviderOverloaded);
  expect(call.tries).toBe(1);
});
