import { StoreRefused, StoreUnavailable } from '../../core/errors.ts';

/** Waiting does not help against these: somebody has to do something. */
const remedies: Readonly<Record<string, string>> = {
  ENOSPC: 'The disk is full: free some space, then resume the run.',
  EDQUOT: 'The disk quota is used up: free some space, then resume the run.',
  EROFS: 'The file system is read-only: choose a store directory that can be written.',
  EACCES: 'Permission is missing: give this user read and write access to it.',
  EPERM: 'The file system forbids it: the store needs a local disk with hard links.',
  ENOTSUP: 'The file system has no hard links: put the store on a local disk.',
  ENAMETOOLONG: 'The path is too long: put the store nearer to the root of the disk.',
  ENOTDIR: 'A file stands where a directory is needed: move it away.',
  EISDIR: 'A directory stands where the file should be: move it away.',
};
/** These may pass by themselves. */
const passing: Readonly<Record<string, string>> = {
  EMFILE: 'Too many files are open: lower the concurrency, or raise the limit (ulimit -n).',
};

/** Asked by shape: errors of Node's own modules are no `instanceof Error` where the code runs in a context of its own. */
export function errorCode(error: unknown): string | undefined {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}

/** Does one thing with the disk; what goes wrong names the path and what to do about it. */
export async function onDisk<T>(path: string, action: Promise<T>): Promise<T> {
  try {
    return await action;
  } catch (cause) {
    throw unavailable(path, cause);
  }
}

/** The same, where one failure is an answer: the file isn't there (ENOENT), or is there already (EEXIST). */
export async function onDiskOr<T, U>(expected: readonly string[], otherwise: U, path: string, action: Promise<T>) {
  try {
    return await action;
  } catch (cause) {
    if (expected.includes(errorCode(cause) ?? '')) return otherwise;
    throw unavailable(path, cause);
  }
}

export function unavailable(path: string, cause: unknown): StoreRefused | StoreUnavailable {
  const code = errorCode(cause) ?? '';
  const what = `The store can't use ${path} (${code || String(cause)}).`;
  const remedy = remedies[code];
  if (remedy !== undefined) return new StoreRefused(`${what} ${remedy}`, { cause });
  return new StoreUnavailable(`${what} ${passing[code] ?? 'Check the directory, then resume the run.'}`, { cause });
}
