import { hostname } from 'node:os';
import { z } from 'zod';
import { keys } from '../core/artifact-keys.ts';
import { InvalidInput, StoreRefused, StoreUnavailable, WriteConflict } from '../core/errors.ts';
import type { Store } from '../core/ports.ts';
import { isGoneFromHere } from '../providers/directory/holder.ts';

/** `runs/<run>/lease.json`: which process is executing the run. Gone when nobody is, but for a process that was killed. */
export const holderSchema = z.strictObject({
  pid: z.int().min(1),
  host: z.string(),
  since: z.iso.datetime(),
  renewedAt: z.iso.datetime(),
});
export type Holder = z.infer<typeof holderSchema>;

/** A run that this process alone executes: two would ask for the same work, and pay for it twice. */
export interface Lease {
  readonly run: string;
  /** Aborted when another process has taken the run over, because this one was silent for too long: suspended, say. */
  readonly lost: AbortSignal;
  release(): Promise<void>;
}

const RENEW_EVERY_MS = 20_000;
/** Six renewals missed. A process of this host that is gone is seen at once. */
const SILENT_AFTER_MS = 120_000;

/** Does something while this process alone executes the run. Throws InvalidInput where another one is executing it. */
export async function whileLeased(store: Store, run: string, action: (lease: Lease) => Promise<void>): Promise<void> {
  const lease = await tryLease(store, run);
  if (!('release' in lease)) throw new InvalidInput(`The run ${run}`, [whatToDo(lease)]);
  await thenRelease(lease, action);
}

export async function thenRelease(lease: Lease, action: (lease: Lease) => Promise<void>): Promise<void> {
  try {
    await action(lease);
  } finally {
    await lease.release();
  }
}

/** The lease, or who holds it. A holder that is gone does not stand in the way. */
export async function tryLease(store: Store, run: string, renewEveryMs = RENEW_EVERY_MS): Promise<Lease | Holder> {
  for (;;) {
    const found = await store.read(keys.lease(run));
    const holder = found && holderIn(found.body);
    if (holder && !isGone(holder)) return holder;
    const now = new Date().toISOString();
    const own: Holder = { pid: process.pid, host: hostname(), since: now, renewedAt: now };
    try {
      const condition = found ? { ifVersion: found.version } : ({ ifAbsent: true } as const);
      const { version } = await store.write(keys.lease(run), JSON.stringify(own), condition);
      return renewed(store, run, { own, version, renewEveryMs });
    } catch (error) {
      // Somebody else was faster; the next look says who.
      if (!(error instanceof WriteConflict)) throw error;
    }
  }
}

function renewed(
  store: Store,
  run: string,
  taken: { readonly own: Holder; readonly version: string; readonly renewEveryMs: number },
): Lease {
  const key = keys.lease(run);
  const lost = new AbortController();
  let { version } = taken;
  let renewing = Promise.resolve();
  async function renew(): Promise<void> {
    const own: Holder = { ...taken.own, renewedAt: new Date().toISOString() };
    try {
      ({ version } = await store.write(key, JSON.stringify(own), { ifVersion: version }));
    } catch (error) {
      // A store that is away for a moment gives the run to nobody else; the next renewal may come through.
      if (error instanceof WriteConflict) lost.abort(new Error('another process has taken the run over'));
    }
  }
  const timer = setInterval(() => {
    renewing = renewing.then(renew);
  }, taken.renewEveryMs).unref();
  return {
    run,
    lost: lost.signal,
    async release() {
      clearInterval(timer);
      await renewing;
      try {
        if ((await store.read(key))?.version === version) await store.delete(key);
      } catch (error) {
        // A full disk takes no lock, so nothing can be deleted. Whoever comes next sees that this process is gone.
        if (!(error instanceof StoreRefused || error instanceof StoreUnavailable)) throw error;
      }
    },
  };
}

/** Undefined for what no Ratchet wrote whole: it holds nothing. */
function holderIn(body: string): Holder | undefined {
  try {
    return holderSchema.parse(JSON.parse(body));
  } catch {
    return undefined;
  }
}

function isGone({ pid, host, since, renewedAt }: Holder): boolean {
  if (Math.abs(Date.now() - Date.parse(renewedAt)) > SILENT_AFTER_MS) return true;
  return isGoneFromHere({ pid, host, since: Date.parse(since) });
}

function whatToDo({ pid, host, since, renewedAt }: Holder): string {
  return host === hostname()
    ? `process ${pid} on this machine has been executing it since ${since}; wait for it, or stop it first: Ctrl-C there, or kill ${pid}`
    : `process ${pid} on ${host} is executing it, last heard of at ${renewedAt}; wait for it, or stop it there first. If it is gone, the run is free two minutes after that`;
}
