import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ProviderOverloaded } from '../../core/errors.ts';
import { patiently } from '../../providers/patience.ts';
import { errorOf, failures } from './failures.ts';
import { notebook } from './notebook.ts';

const busy = (retryAfterSeconds?: number) => new ProviderOverloaded('busy', { retryAfterSeconds });

/** A request that fails so often, one error after the other, and then is answered. */
function requestThatMeets(...errors: readonly Error[]) {
  const left = [...errors];
  const request = {
    tries: 0,
    send: async () => {
      request.tries++;
      const error = left.shift();
      if (error) throw error;
      return 'hello';
    },
  };
  return request;
}

describe('with patience, a request', () => {
  test('is made again until the endpoint has time, and no more', async () => {
    const request = requestThatMeets(busy(), busy(), busy());
    const patience = notebook();

    expect(await patiently(request.send, patience)).toBe('hello');
    expect(request.tries).toBe(4);
    expect(patience.waits).toEqual([0.5, 1, 2]);
  });

  test('waits as long as the endpoint asks for, without jitter', async () => {
    const patience = notebook();

    await patiently(requestThatMeets(busy(7), busy(60)).send, patience);

    expect(patience.waits).toEqual([7, 60]);
  });

  test('leaves an endpoint alone that asks for more than a minute', async () => {
    const request = requestThatMeets(busy(61));
    const patience = notebook();

    await expect(patiently(request.send, patience)).rejects.toThrow(ProviderOverloaded);
    expect(request.tries).toBe(1);
    expect(patience.waits).toEqual([]);
  });

  test('is given up after its tries, with the error as it was', async () => {
    const last = busy();
    const request = requestThatMeets(busy(), busy(), last, busy());
    const patience = notebook(0.5, 3);

    await expect(patiently(request.send, patience)).rejects.toBe(last);
    expect(request.tries).toBe(3);
    expect(patience.waits).toHaveLength(2);
  });

  test('waits neither less than nothing nor more than half a minute, twice as long at most each time', async () => {
    await fc.assert(
      fc.asyncProperty(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), async (jitter) => {
        const patience = notebook(jitter, 12);

        await patiently(requestThatMeets(...Array.from({ length: 11 }, () => busy())).send, patience);

        expect(patience.waits).toHaveLength(11);
        for (const [index, seconds] of patience.waits.entries()) {
          expect(seconds).toBeGreaterThanOrEqual(0);
          expect(seconds).toBeLessThanOrEqual(Math.min(30, 2 ** index));
        }
      }),
    );
  });

  const hopeless = failures.filter(({ of }) => of !== 'the overload');
  test.each(hopeless)('that meets $of fails at once', async (failure) => {
    const request = requestThatMeets(errorOf(failure));
    const patience = notebook();

    await expect(patiently(request.send, patience)).rejects.toMatchObject(failure.shows);
    expect(request.tries).toBe(1);
    expect(patience.waits).toEqual([]);
  });
});

test('without patience, a request is made once', async () => {
  const request = requestThatMeets(busy(0));

  await expect(patiently(request.send, undefined)).rejects.toThrow(ProviderOverloaded);
  expect(request.tries).toBe(1);
});
