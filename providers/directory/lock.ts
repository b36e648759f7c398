import { link, readFile, unlink, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { StoreUnavailable } from '../../core/errors.ts';
import { isGoneFromHere } from './holder.ts';
import { lockName, temporaryName } from './paths.ts';
import { onDisk, onDiskOr } from './translate-error.ts';

/** A lock covers reading one small file and renaming another: milliseconds. One this old was left by a crash. */
const STALE_AFTER_MS = 30_000;
/** Longer than that, so that whoever waits lives to see a stale lock fall. */
const WAIT_AT_MOST_MS = 40_000;

interface Holder {
  readonly pid: number;
  readonly host: string;
  readonly time: number;
  readonly token: string;
}

/**
 * Does one thing while no other process changes the file at `path`. The directory must exist. `stillHeld` is asked
 * right before the change: a process that slept for half a minute (a closed laptop) must not act on a lock it lost.
 */
export async function whileLocked<T>(path: string, action: (stillHeld: () => Promise<void>) => Promise<T>): Promise<T> {
  const lock = join(dirname(path), lockName(basename(path)));
  const token = crypto.randomUUID();
  await take(lock, token, path);
  try {
    return await action(async () => {
      if ((await holderOf(lock))?.token !== token) throw new StoreUnavailable(`The lock on ${path} was lost. Retry.`);
    });
  } finally {
    if ((await holderOf(lock))?.token === token) await remove(lock);
  }
}

async function take(lock: string, token: string, path: string): Promise<void> {
  const deadline = Date.now() + WAIT_AT_MOST_MS;
  while (!(await tryTake(lock, token))) {
    const holder = await holderOf(lock);
    if (holder && isStale(holder)) await breakLock(lock, holder, token);
    else if (Date.now() < deadline) await pause(2 + Math.random() * 10);
    else throw new StoreUnavailable(`${path} stays locked by ${describe(holder)}. Wait for it, or remove ${lock}.`);
  }
}

/** Linking a finished file takes the lock with its content in one step: no one ever reads a half-written lock. */
async function tryTake(lock: string, token: string): Promise<boolean> {
  const draft = join(dirname(lock), temporaryName());
  const holder: Holder = { pid: process.pid, host: hostname(), time: Date.now(), token };
  try {
    await onDisk(dirname(lock), writeFile(draft, JSON.stringify(holder), { flag: 'wx' }));
    return await onDiskOr(
      ['EEXIST'],
      false,
      lock,
      link(draft, lock).then(() => true),
    );
  } finally {
    await remove(draft);
  }
}

/**
 * Removes a stale lock. Two processes may see the same one; the second must not remove the lock that the first has
 * taken since. So only who holds the breaker looks again and removes. A breaker left by a crash falls by age as well.
 */
async function breakLock(lock: string, stale: Holder, token: string): Promise<void> {
  const breaker = `${lock}-breaker`;
  if (await tryTake(breaker, token)) {
    try {
      if ((await holderOf(lock))?.token === stale.token) await remove(lock);
    } finally {
      await remove(breaker);
    }
    return;
  }
  const other = await holderOf(breaker);
  if (other && isStale(other)) await remove(breaker);
}

function isStale(holder: Holder): boolean {
  if (Math.abs(Date.now() - holder.time) > STALE_AFTER_MS) return true;
  return isGoneFromHere({ ...holder, since: holder.time });
}

/** Undefined when there is no lock. One that can't be read was made by no Ratchet, or by a disk that filled up. */
async function holderOf(lock: string): Promise<Holder | undefined> {
  const text = await onDiskOr(['ENOENT'], undefined, lock, readFile(lock, 'utf8'));
  if (text === undefined) return undefined;
  try {
    const { pid, host, time, token } = JSON.parse(text);
    return { pid: Number(pid), host: String(host), time: Number(time) || 0, token: String(token) };
  } catch {
    return { pid: 0, host: 'unknown', time: 0, token: text };
  }
}

function describe(holder: Holder | undefined): string {
  return holder ? `process ${holder.pid} on ${holder.host}` : 'others, again and again';
}

async function remove(path: string): Promise<void> {
  await onDiskOr(['ENOENT'], undefined, path, unlink(path));
}
