import type { Command } from 'commander';
import { z } from 'zod';
import type { Store } from '../core/ports.ts';
import { directoryStore } from '../providers/directory/store.ts';

/** The options that every command takes. */
export interface Globals {
  readonly directory: string;
  readonly store: Store;
  readonly json: boolean;
  readonly verbose: boolean;
}

const optionsSchema = z.looseObject({
  store: z.string(),
  json: z.boolean().default(false),
  verbose: z.boolean().default(false),
});

export function globalsOf(command: Command): Globals {
  const { store, json, verbose } = optionsSchema.parse(command.optsWithGlobals());
  return { directory: store, store: directoryStore(store), json, verbose };
}
