import type { Globals } from './globals.ts';

/** A command as the user would type it, for "what to do now". */
export function hint(words: string, { directory, stack }: Pick<Globals, 'directory' | 'stack'>): string {
  const where = stack === undefined ? (directory === '.' ? '' : ` --store ${quoted(directory)}`) : ` --stack ${stack}`;
  return `npm run ratchet -- ${words}${where}`;
}

function quoted(directory: string): string {
  return /^[\w./-]+$/.test(directory) ? directory : JSON.stringify(directory);
}
