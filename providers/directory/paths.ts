import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { InvalidInput } from '../../core/errors.ts';

/** Files of the store's own, beside the objects: they are never listed, and no key may be named like them. */
const OWN = '.ratchet-';

export function isOwnFile(name: string): boolean {
  return name.startsWith(OWN);
}

export function temporaryName(): string {
  return `${OWN}writing-${crypto.randomUUID()}`;
}

/** Of a hash, so that it is never longer than a file name may be. */
export function lockName(fileName: string): string {
  return `${OWN}lock-${createHash('sha256').update(fileName).digest('hex').slice(0, 32)}`;
}

/** The file of a key. Keys come from run and loop names, so nothing in them may lead out of the root. */
export function pathOf(root: string, key: string): string {
  const segments = key.split('/');
  if (!segments.every(isPlainName)) {
    throw new InvalidInput(`The store key ${JSON.stringify(key)}`, [
      `use names joined by single slashes; no "..", no leading or trailing slash, no backslash, nothing starting with ${OWN}`,
    ]);
  }
  return join(root, ...segments);
}

/** The directory of a prefix; the empty prefix is the whole store. */
export function directoryOf(root: string, prefix: string): string {
  if (prefix === '') return root;
  if (!prefix.endsWith('/'))
    throw new InvalidInput(`The store prefix ${JSON.stringify(prefix)}`, ['end it with a slash']);
  return pathOf(root, prefix.slice(0, -1));
}

function isPlainName(segment: string): boolean {
  if (segment === '' || segment === '.' || segment === '..') return false;
  return !segment.includes('\\') && !segment.includes('\0') && !isOwnFile(segment);
}
