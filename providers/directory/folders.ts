import { mkdir, open, rmdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { errorCode, onDisk, unavailable } from './translate-error.ts';

/** Makes a directory that survives a power cut: each new level is an entry in the level above. */
export async function makeDirectory(directory: string): Promise<void> {
  const first = await onDisk(directory, mkdir(directory, { recursive: true }));
  if (first === undefined) return;
  for (let level = directory; level.length >= first.length; level = dirname(level)) await syncDirectory(dirname(level));
}

export async function syncDirectory(directory: string): Promise<void> {
  try {
    const handle = await open(directory, 'r');
    await handle.sync().finally(() => handle.close());
  } catch (cause) {
    // Some systems can't flush a directory (Windows; some network disks): there the object is written, if less safely.
    // One that is gone was emptied meanwhile, and has nothing to flush.
    if (!['EPERM', 'EISDIR', 'EINVAL', 'ENOTSUP', 'EACCES', 'ENOENT'].includes(errorCode(cause) ?? '')) {
      throw unavailable(directory, cause);
    }
  }
}

/** Up to the root: a bucket has no empty folders either. Only an empty one can be removed, so nothing is lost by trying. */
export async function removeEmptied(top: string, directory: string): Promise<void> {
  for (let level = directory; level !== top; level = dirname(level)) {
    try {
      await rmdir(level);
    } catch {
      return;
    }
  }
}
