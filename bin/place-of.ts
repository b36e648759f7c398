import { join } from 'node:path';
import type { Globals } from './globals.ts';

/** Where an artifact is, as a person would look for it: a path, or an s3:// URL. */
export function placeOf(key: string, { directory, stack }: Pick<Globals, 'directory' | 'stack'>): string {
  return stack === undefined ? join(directory, key) : `${directory}/${key}`;
}
