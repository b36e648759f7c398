import { keys, type Part } from '../core/artifact-keys.ts';
import { type PartSummary, partSummarySchema } from '../core/part-summary.ts';
import type { Store } from '../core/ports.ts';
import { addUsage, type Usage } from '../core/usage.ts';
import { findArtifact, gather, readArtifact, writeArtifact } from './artifacts.ts';

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

/** Writes the rows, then the summary; then the checkpoints have done their work. */
export async function finishPart(
  store: Store,
  { run, round, part, shard }: PartPlace,
  rows: readonly unknown[],
  summary: Omit<PartSummary, 'rows'>,
): Promise<void> {
  await store.write(keys.part(run, round, part, shard), rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  await writeArtifact(store, keys.summary(run, round, part, shard), { rows: rows.length, ...summary });
  for (const key of await gather(store.list(keys.checkpoints(run, round, part, shard)))) await store.delete(key);
}

export function usageOf(rows: readonly { readonly usage: Usage }[]): Usage {
  return addUsage(...rows.map(({ usage }) => usage));
}
