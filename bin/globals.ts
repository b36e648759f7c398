import type { Command } from 'commander';
import { z } from 'zod';
import { InvalidInput } from '../core/errors.ts';
import type { Store } from '../core/ports.ts';
import { directoryStore } from '../providers/directory/store.ts';

/** The options that every command takes. */
export interface Globals {
  readonly directory: string;
  readonly store: Store;
  readonly json: boolean;
  readonly verbose: boolean;
}

const globalsSchema = z.looseObject({
  store: z.string().min(1, 'name a directory'),
  json: z.boolean().default(false),
  verbose: z.boolean().default(false),
});

export function globalsOf(command: Command): Globals {
  const { store, json, verbose } = optionsOf(globalsSchema, command.optsWithGlobals());
  return { directory: store, store: directoryStore(store), json, verbose };
}

/** The options of a command, checked. Throws InvalidInput with every wrong one. */
export function optionsOf<T extends z.ZodType>(schema: T, given: unknown): z.output<T> {
  const read = schema.safeParse(given);
  if (read.success) return read.data;
  throw new InvalidInput(
    'The command',
    read.error.issues.map(({ path, message }) => `--${path.join('.')}: ${message}`),
  );
}

/** A whole number in an option. */
export function whole(minimum: number, maximum = Number.MAX_SAFE_INTEGER) {
  const range = maximum === Number.MAX_SAFE_INTEGER ? `${minimum} or more` : `${minimum} to ${maximum}`;
  const words = `give a whole number, ${range}`;
  return z.coerce.number(words).int(words).min(minimum, words).max(maximum, words);
}
