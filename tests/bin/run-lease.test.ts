import { once } from 'node:events';
import { hostname } from 'node:os';
import { describe, expect, test } from '@jest/globals';
import { type Holder, type Lease, tryLease, whileLeased } from '../../bin/run-lease.ts';
import { keys } from '../../core/artifact-keys.ts';
import { InvalidInput } from '../../core/errors.ts';
import type { WriteCondition } from '../../core/ports.ts';
import { MemoryStore } from '../fakes/memory-store.ts';

const key = keys.lease('run-1');
const now = () => new Date().toISOString();
const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();
/** Above any id that a system gives. */
const nobody = 2 ** 30;
const living = process.ppid;

function heldBy(holder: Partial<Holder>): MemoryStore {
  const store = new MemoryStore();
  const whole = { pid: living, host: hostname(), since: now(), renewedAt: now(), ...holder };
  store.objects.set(key, JSON.stringify(whole));
  return store;
}

async function leased(store: MemoryStore, renewEveryMs?: number): Promise<Lease> {
  const lease = await tryLease(store, 'run-1', renewEveryMs);
  if ('release' in lease) return lease;
  throw new Error(`process ${lease.pid} holds it`);
}

describe('a run that nobody executes', () => {
  test('is leased to one, and to no other until it is given back', async () => {
    const store = new MemoryStore();
    const lease = await leased(store);

    expect(await tryLease(store, 'run-1')).toMatchObject({ pid: process.pid, host: hostname() });

    await lease.release();
    expect(store.objects.size).toBe(0);
    await (await leased(store)).release();
  });

  test('is leased to exactly one of many that ask at once', async () => {
    const store = new MemoryStore();

    const answers = await Promise.all(Array.from({ length: 10 }, () => tryLease(store, 'run-1')));

    const leases = answers.filter((answer) => 'release' in answer);
    expect(leases).toHaveLength(1);
    await leases[0]!.release();
  });
});

describe('a run that a process executes', () => {
  test('is refused, with the process and what to do', async () => {
    const working = whileLeased(heldBy({ pid: living }), 'run-1', async () => undefined);

    await expect(working).rejects.toThrow(InvalidInput);
    await expect(working).rejects.toThrow(
      `The run run-1 is not usable:\n  - process ${living} on this machine has been`,
    );
    await expect(working).rejects.toThrow(`wait for it, or stop it first: Ctrl-C there, or kill ${living}`);
  });

  test('on another host is refused, with the host', async () => {
    const working = whileLeased(heldBy({ pid: 7, host: 'elsewhere' }), 'run-1', async () => undefined);

    await expect(working).rejects.toThrow('process 7 on elsewhere is executing it');
  });

  test.each<[string, Partial<Holder>]>([
    ['was killed', { pid: nobody }],
    ['had our process id before us', { pid: process.pid, since: minutesAgo(60 * 24 * 365) }],
    ['has been silent for minutes, here', { renewedAt: minutesAgo(3) }],
    ['has been silent for minutes, elsewhere', { host: 'elsewhere', renewedAt: minutesAgo(3) }],
  ])('that %s does not stand in the way', async (_, holder) => {
    const store = heldBy(holder);
    const lease = await leased(store);

    expect(JSON.parse(store.objects.get(key)!)).toMatchObject({ pid: process.pid, host: hostname() });
    await lease.release();
  });

  test.each(['', '{"pid": 1', '{}'])('holds nothing with %j in its lease', async (body) => {
    const store = new MemoryStore();
    store.objects.set(key, body);

    await (await leased(store)).release();
  });
});

describe('a lease', () => {
  test('is given back when the work is done, and when it fails', async () => {
    const store = new MemoryStore();

    await whileLeased(store, 'run-1', async () => expect(store.objects.has(key)).toBe(true));
    expect(store.objects.size).toBe(0);

    const failing = whileLeased(store, 'run-1', () => Promise.reject(new Error('broken')));
    await expect(failing).rejects.toThrow('broken');
    expect(store.objects.size).toBe(0);
  });

  test('is renewed as long as it is held', async () => {
    const renewed = Promise.withResolvers<void>();
    const store = new (class extends MemoryStore {
      override async write(to: string, body: string | AsyncIterable<string>, condition?: WriteCondition) {
        if (condition && 'ifVersion' in condition) renewed.resolve();
        return super.write(to, body, condition);
      }
    })();
    const lease = await leased(store, 1);

    await renewed.promise;

    expect(lease.lost.aborted).toBe(false);
    await lease.release();
    expect(store.objects.size).toBe(0);
  });

  test('that another process took over is lost, and not given back in its name', async () => {
    const store = new MemoryStore();
    const lease = await leased(store, 1);
    const other = JSON.stringify({ pid: living, host: hostname(), since: now(), renewedAt: now() });
    store.objects.set(key, other);

    if (!lease.lost.aborted) await once(lease.lost, 'abort');

    await lease.release();
    expect(store.objects.get(key)).toBe(other);
  });
});
