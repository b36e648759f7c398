import { setTimeout as pause } from 'node:timers/promises';
import * as z from 'zod';
import { keys, type Part } from '../core/artifact-keys.ts';
import { ArtifactMissing, ArtifactUnreadable, WriteConflict } from '../core/errors.ts';
import type { Store, WriteCondition } from '../core/ports.ts';
import { type Prompt, promptSchema } from '../core/prompt.ts';
import { type Run, runSchema } from '../core/run.ts';

/** A JSON artifact that must be there. */
export async function readArtifact<T extends z.ZodType>(store: Store, key: string, schema: T): Promise<z.output<T>> {
  const found = await findArtifact(store, key, schema);
  if (found === undefined)
    throw new ArtifactMissing(`${key} is not in the store; the step that writes it has not finished.`);
  return found;
}

/** A JSON artifact, or undefined where it is not there yet. */
export async function findArtifact<T extends z.ZodType>(
  store: Store,
  key: string,
  schema: T,
): Promise<z.output<T> | undefined> {
  const found = await store.read(key);
  return found && parseArtifact(key, found.body, schema);
}

export async function writeArtifact(
  store: Store,
  key: string,
  value: unknown,
  condition?: WriteCondition,
): Promise<void> {
  await store.write(key, `${JSON.stringify(value, null, 2)}\n`, condition);
}

/** Rows of a JSONL artifact, streamed. */
export async function* readRows<T extends z.ZodType>(store: Store, key: string, schema: T): AsyncIterable<z.output<T>> {
  let line = 0;
  for await (const text of store.lines(key)) yield parseArtifact(`${key}, line ${++line},`, text, schema);
}

export async function gather<T>(rows: AsyncIterable<T>): Promise<T[]> {
  const gathered: T[] = [];
  for await (const row of rows) gathered.push(row);
  return gathered;
}

export function readRun(store: Store, run: string): Promise<Run> {
  return readArtifact(store, keys.run(run), runSchema);
}

/** Rows of all shards of a part, shard by shard. */
export async function* rowsOfShards<T extends z.ZodType>(
  store: Store,
  place: { readonly run: string; readonly round: number; readonly part: Part; readonly shards: number },
  schema: T,
): AsyncIterable<z.output<T>> {
  for (let shard = 0; shard < place.shards; shard++) {
    yield* readRows(store, keys.part(place.run, place.round, place.part, shard), schema);
  }
}

export function promptsOf(store: Store, run: string, set: 'train' | 'held-out', shard: number): Promise<Prompt[]> {
  return gather(readRows(store, keys.prompts(run, set, shard), promptSchema));
}

/** How hard somebody tries who shares an artifact with others. */
export interface Persistence {
  /** Tries in all, the first included. */
  readonly tries: number;
  readonly wait: (milliseconds: number) => Promise<unknown>;
  /** In [0, 1): spreads the waits of those who lost together. */
  readonly jitter: () => number;
}

/**
 * 40 tries, so 39 waits of at most 25 ms · 2ⁿ and 2 s: 3 + 32 · 2 = 67 s at the very most, half of it on average. 50 that
 * write to one object all the time, at 45 ms a try, need up to 30 of them.
 */
export const usualPersistence: Persistence = {
  tries: 40,
  wait: (milliseconds) => pause(milliseconds),
  jitter: Math.random,
};
const SHORTEST_WAIT_MS = 25;
const LONGEST_WAIT_MS = 2_000;

/**
 * Reads, changes, writes; again where somebody else was faster, until the tries are used up: WriteConflict. `change` gives
 * undefined for "leave it".
 */
export async function updateArtifact<T extends z.ZodType>(
  store: Store,
  key: string,
  schema: T,
  change: (current: z.output<T> | undefined) => z.output<T> | undefined,
  persistence: Persistence = usualPersistence,
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const found = await store.read(key);
    const next = change(found && parseArtifact(key, found.body, schema));
    if (next === undefined) return;
    try {
      return await writeArtifact(store, key, next, found ? { ifVersion: found.version } : { ifAbsent: true });
    } catch (error) {
      if (!(error instanceof WriteConflict) || attempt >= persistence.tries) throw error;
    }
    // Full jitter: those who lost together must not meet again (AWS Architecture Blog, "Exponential backoff and jitter").
    await persistence.wait(persistence.jitter() * Math.min(LONGEST_WAIT_MS, SHORTEST_WAIT_MS * 2 ** (attempt - 1)));
  }
}

function parseArtifact<T extends z.ZodType>(key: string, text: string, schema: T): z.output<T> {
  const read = schema.safeParse(parseJson(key, text));
  if (read.success) return read.data;
  throw new ArtifactUnreadable(`${key} does not fit its schema: ${z.prettifyError(read.error)}`, { cause: read.error });
}

function parseJson(key: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ArtifactUnreadable(`${key} is not JSON; it was cut off, or written by something else.`, { cause });
  }
}
