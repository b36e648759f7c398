import { z } from 'zod';
import { keys, type Part } from '../core/artifact-keys.ts';
import { ArtifactMissing, ArtifactUnreadable, WriteConflict } from '../core/errors.ts';
import type { Store } from '../core/ports.ts';
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

export async function writeArtifact(store: Store, key: string, value: unknown): Promise<void> {
  await store.write(key, `${JSON.stringify(value, null, 2)}\n`);
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

/** Reads, changes, writes; again where somebody else was faster. `change` gives undefined for "leave it". */
export async function updateArtifact<T extends z.ZodType>(
  store: Store,
  key: string,
  schema: T,
  change: (current: z.output<T> | undefined) => z.output<T> | undefined,
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const found = await store.read(key);
    const next = change(found && parseArtifact(key, found.body, schema));
    if (next === undefined) return;
    try {
      const condition = found ? { ifVersion: found.version } : ({ ifAbsent: true } as const);
      await store.write(key, `${JSON.stringify(next, null, 2)}\n`, condition);
      return;
    } catch (error) {
      // 20 losses in a row are no coincidence; the step's own retry waits longer.
      if (!(error instanceof WriteConflict) || attempt === 20) throw error;
    }
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
