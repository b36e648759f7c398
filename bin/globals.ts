import { type Command, Option } from 'commander';
import { z } from 'zod';
import { InvalidInput } from '../core/errors.ts';
import type { Store } from '../core/ports.ts';
import { directoryStore } from '../providers/directory/store.ts';

/** The options that every command takes, and where its runs are. */
export interface Globals {
  /** Where the store is: a directory, or `s3://<bucket>` of a deployed loop. */
  readonly directory: string;
  readonly store: Store;
  /** The stack of the deployed loop that is meant. */
  readonly stack?: string | undefined;
  readonly json: boolean;
  readonly verbose: boolean;
}

const globalsSchema = z.looseObject({
  store: z.string().min(1, 'name a directory'),
  stack: z.string().min(1, 'name a stack').optional(),
  json: z.boolean().default(false),
  verbose: z.boolean().default(false),
});

/** The option of every command that deals with deployed loops too. */
export function stackOption(): Option {
  return new Option('--stack <name>', 'a deployed loop instead of one on this machine: the name of its stack');
}

export function globalsOf(command: Command): Globals {
  const { store, stack, json, verbose } = optionsOf(globalsSchema, command.optsWithGlobals());
  if (stack !== undefined && command.getOptionValueSourceWithGlobals('store') === 'cli') {
    throw new InvalidInput('The command', ['give --store or --stack, not both: a deployed loop has its own store']);
  }
  return { directory: store, store: directoryStore(store), stack, json, verbose };
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
