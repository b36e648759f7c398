import type { z } from 'zod';
import { keys, type Part } from '../core/artifact-keys.ts';
import { WriteConflict } from '../core/errors.ts';
import { type PartSummary, partSummarySchema } from '../core/part-summary.ts';
import type { Store } from '../core/ports.ts';
import { addUsage, type Usage } from '../core/usage.ts';
import { findArtifact, gather, readArtifact, readRows, writeArtifact } from './artifacts.ts';

/** One shard of one part of a round. */
export interface PartPlace {
  readonly run: string;
  readonly round: number;
  readonly part: Part;
  readonly shard: number;
}

/** The summary is written last: where it is, the part is finished, and the step has nothing left to do. */
export async function isFinished(store: Store, place: PartPlace): Promise<boolean> {
  return (await findSummary(store, place)) !== undefined;
}

export function findSummary(store: Store, { run, round, part, shard }: PartPlace): Promise<PartSummary | undefined> {
  return findArtifact(store, keys.summary(run, round, part, shard), partSummarySchema);
}

export function readSummary(store: Store, { run, round, part, shard }: PartPlace): Promise<PartSummary> {
  return readArtifact(store, keys.summary(run, round, part, shard), partSummarySchema);
}

/**
 * Writes the rows, then the summary of what is in the store; then the checkpoints have done their work. A part is written
 * once: a second life of the shard that comes too late finds the first one's rows, on which verdicts may rest already.
 */
export async function finishPart<Row extends z.ZodType>(
  store: Store,
  { run, round, part, shard }: PartPlace,
  rows: readonly z.output<Row>[],
  schema: Row,
  summarize: (rows: readonly z.output<Row>[]) => Omit<PartSummary, 'rows'>,
): Promise<void> {
  const key = keys.part(run, round, part, shard);
  const kept = (await wasWritten(store, key, rows)) ? rows : await gather(readRows(store, key, schema));
  await writeArtifact(store, keys.summary(run, round, part, shard), { rows: kept.length, ...summarize(kept) });
  for (const key of await gather(store.list(keys.checkpoints(run, round, part, shard)))) await store.delete(key);
}

async function wasWritten(store: Store, key: string, rows: readonly unknown[]): Promise<boolean> {
  try {
    await store.write(key, rows.map((row) => `${JSON.stringify(row)}\n`).join(''), { ifAbsent: true });
    return true;
  } catch (error) {
    if (error instanceof WriteConflict) return false;
    throw error;
  }
}

export function usageOf(rows: readonly { readonly usage: Usage }[]): Pick<PartSummary, 'usage'> {
  return { usage: addUsage(...rows.map(({ usage }) => usage)) };
}
