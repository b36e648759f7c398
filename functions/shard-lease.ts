import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import * as z from 'zod';
import { ShardTakenOver, StoreRefused, StoreUnavailable, WriteConflict } from '../core/errors.ts';
import type { Store } from '../core/ports.ts';
import type { Invocation } from './invocation.ts';
import type { ShardServices } from './services.ts';

/** `<part>/<shard>.lease.json`: which life of a shard works on it. Gone when none does, but for one that was killed. */
export const shardLeaseSchema = z.strictObject({
  life: z.uuid(),
  renewedAt: z.iso.datetime(),
  /** Another life waits for it. */
  wanted: z.boolean(),
});

/** How a lease waits, so that tests can rule the time. */
export interface LeaseTimer {
  readonly wait: (milliseconds: number) => Promise<unknown>;
  /** Gives what ends it. */
  readonly every: (milliseconds: number, action: () => void) => () => void;
}
export type LeasedServices = ShardServices & { readonly leaseTimer?: LeaseTimer | undefined };

const realTimer: LeaseTimer = {
  wait: (milliseconds) => pause(milliseconds),
  every(milliseconds, action) {
    const timer = setInterval(action, milliseconds).unref();
    return () => clearInterval(timer);
  },
};
const RENEW_EVERY_MS = 5_000;
/** Four renewals missed. */
const SILENT_AFTER_MS = 20_000;
const LOOK_EVERY_MS = 2_000;

/**
 * Does something while this life alone works on the shard. In Lambda only, where a stopped execution or a lost answer does not
 * end a function under way: beside the next life it would pay for the same calls. On a laptop the run has its own lease.
 * Throws the reason where the work is to stop while this life still waits for another one.
 */
export async function whileAlone<T>(services: LeasedServices, key: string, action: () => Promise<T>): Promise<T> {
  const { invocation, stop, leaseTimer = realTimer } = services;
  if (!invocation) return action();
  const life = randomUUID();
  let version: string | undefined;
  for (;;) {
    stop.throwIfAborted();
    version = await tryToTake(services, key, life);
    if (version !== undefined) break;
    await leaseTimer.wait(LOOK_EVERY_MS);
  }
  const release = keepRenewed({ ...services, invocation, leaseTimer }, key, { life, version });
  try {
    return await action();
  } finally {
    await release();
  }
}

/** The version of the lease. Undefined while another life is at work, which is told that this one wants the shard. */
async function tryToTake({ store, now }: LeasedServices, key: string, life: string): Promise<string | undefined> {
  const { lease: other, version } = await readLease(store, key);
  const isAlive = other && Math.abs(now().getTime() - Date.parse(other.renewedAt)) <= SILENT_AFTER_MS;
  if (isAlive && other.wanted) return undefined;
  const next = isAlive ? { ...other, wanted: true } : { life, renewedAt: now().toISOString(), wanted: false };
  try {
    const condition = version === undefined ? ({ ifAbsent: true } as const) : { ifVersion: version };
    const written = await store.write(key, JSON.stringify(next), condition);
    return isAlive ? undefined : written.version;
  } catch (error) {
    // Somebody else was faster; the next look says who.
    if (error instanceof WriteConflict) return undefined;
    throw error;
  }
}

/** Renews the lease until it is released; stops the invocation once another life wants the shard, or has taken it. */
function keepRenewed(
  services: LeasedServices & { readonly invocation: Invocation; readonly leaseTimer: LeaseTimer },
  key: string,
  { life, version: taken }: { readonly life: string; readonly version: string },
): () => Promise<void> {
  const { store, now, invocation, leaseTimer } = services;
  let held = { isOurs: true, wanted: false, version: taken };
  async function renew(): Promise<void> {
    if (!held.isOurs) return;
    const body = JSON.stringify({ life, renewedAt: now().toISOString(), wanted: held.wanted });
    try {
      held = { ...held, ...(await store.write(key, body, { ifVersion: held.version })) };
    } catch (error) {
      if (error instanceof WriteConflict) await lookWhoChangedIt();
    }
  }
  async function lookWhoChangedIt(): Promise<void> {
    const { lease, version = held.version } = await readLease(store, key);
    held = { isOurs: lease?.life === life, wanted: lease?.wanted === true, version };
    if (held.isOurs && !held.wanted) return;
    invocation.stop.abort(new ShardTakenOver('Another life of the shard goes on with it.'));
  }
  let renewing = Promise.resolve();
  const endRenewals = leaseTimer.every(RENEW_EVERY_MS, () => {
    // While the store is away nobody else can take the shard; the next renewal may come through.
    renewing = renewing.then(renew).catch(() => undefined);
  });
  return async () => {
    endRenewals();
    await renewing;
    try {
      if ((await readLease(store, key)).lease?.life === life) await store.delete(key);
    } catch (error) {
      // What can't be deleted is silent from now on.
      if (!(error instanceof StoreRefused || error instanceof StoreUnavailable)) throw error;
    }
  };
}

/** No lease in what was not written whole: nobody holds it. */
async function readLease(store: Store, key: string) {
  const found = await store.read(key);
  if (!found) return {};
  try {
    return { version: found.version, lease: shardLeaseSchema.parse(JSON.parse(found.body)) };
  } catch {
    return { version: found.version };
  }
}
