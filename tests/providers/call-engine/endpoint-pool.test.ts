import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { endpointPool } from '../../../providers/call-engine/endpoint-pool.ts';
import { rateLimit } from '../../../providers/call-engine/rate-limit.ts';
import { VirtualClock } from './virtual-clock.ts';

const unlimited = rateLimit({});

describe('a pool', () => {
  test('never has more calls under way than it may, and lets in who came first', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 10 }),
        fc.array(fc.integer({ min: 1, max: 500 }), { minLength: 1, maxLength: 60 }),
        async (most, durations) => {
          const clock = new VirtualClock();
          const pool = endpointPool(most, clock);
          const started: number[] = [];
          const calls = durations.map(async (milliseconds, index) => {
            const place = await pool.enter(unlimited, 0);
            started.push(index);
            expect(pool.underWay).toBeLessThanOrEqual(most);
            await clock.wait(milliseconds);
            place.leave({ answered: 'well' });
          });

          await clock.passUntil(Promise.all(calls));

          expect(started).toEqual(durations.map((_, index) => index));
          expect(pool.underWay).toBe(0);
        },
      ),
    );
  });

  test('lets a model start whose rate allows it, though one that came first has to wait', async () => {
    const clock = new VirtualClock();
    const pool = endpointPool(4, clock);
    const slow = rateLimit({ requests: 61 });
    const started: string[] = [];
    const call = async (name: string, rate: typeof slow) => {
      const place = await pool.enter(rate, 0);
      started.push(`${name} at ${clock.now()}`);
      place.leave({ answered: 'well' });
    };

    const calls = [call('slow 1', slow), call('slow 2', slow), call('quick', unlimited), call('slow 3', slow)];
    await clock.passUntil(Promise.all(calls));

    expect(started).toEqual(['slow 1 at 0', 'quick at 0', 'slow 2 at 1000', 'slow 3 at 2000']);
  });

  test('leaves an endpoint alone that refuses nearly all, for as long as it asked', async () => {
    const clock = new VirtualClock();
    const pool = endpointPool(10, clock);
    const first = await Promise.all(Array.from({ length: 10 }, () => pool.enter(unlimited, 0)));
    for (const place of first) place.leave({ answered: 'congested', retryAfterSeconds: 7 });

    const next = pool.enter(unlimited, 0).then((place) => place.leave({ answered: 'well' }));
    await clock.passUntil(next);

    expect(clock.now()).toBe(7_000);
    expect(pool.limit).toBeLessThan(10);
  });

  test('forgets who has given up waiting', async () => {
    const pool = endpointPool(1, new VirtualClock());
    const place = await pool.enter(unlimited, 0);
    const patience = new AbortController();
    const waiting = pool.enter(unlimited, 0, patience.signal);

    patience.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
    place.leave({ answered: 'well' });

    expect(pool.underWay).toBe(0);
  });
});
