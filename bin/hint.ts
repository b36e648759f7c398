import type { Globals } from './globals.ts';

/** A command as the user would type it, for "what to do now". */
export function hint(words: string, { directory }: Pick<Globals, 'directory'>): string {
  const store =
    directory === '.' ? '' : ` --store ${/^[\w./-]+$/.test(directory) ? directory : JSON.stringify(directory)}`;
  return `npm run ratchet -- ${words}${store}`;
}
