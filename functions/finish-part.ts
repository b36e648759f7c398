import * as z from 'zod';
import { keys, type Part } from '../core/artifact-keys.ts';
import { WriteConflict } from '../core/errors.ts';
import { type PartSummary, partSummarySchema } from '../core/part-summary.ts';
import type { Store } from '../core/ports.ts';
import { addUsage, type Usage } from '../core/usage.ts';
import { findArtifact, gather, readArtifact, readRows, writeArtifact } from './artifacts.ts';
import { callsBelow, deleteCalls } from './call-record.ts';

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
 * Writes the rows, then the summary of what is in the store; then the record of its calls has done its work. A part is written
 * once: a second life of the shard that comes too late finds the first one's rows, on which verdicts may rest already.
 */
export async function finishPart<Row extends z.ZodType>(
  store: Store,
  { run, round, part, shard }: PartPlace,
  rows: readonly z.output<Row>[],
  schema: Row,
  {
    summarize,
    keepCallsAt,
  }: {
    readonly summarize: (rows: readonly z.output<Row>[]) => Omit<PartSummary, 'rows'>;
    /** Where a later run will find the part's calls; undefined where they are of no use to it. */
    readonly keepCallsAt?: string | undefined;
  },
): Promise<void> {
  const key = keys.part(run, round, part, shard);
  const kept = (await isFirstAt(store, key, linesOf(rows))) ? rows : await gather(readRows(store, key, schema));
  const calls = keys.calls(run, round, part, shard);
  if (keepCallsAt !== undefined) await keepCalls(store, calls, keepCallsAt);
  await writeArtifact(store, keys.summary(run, round, part, shard), { rows: kept.length, ...summarize(kept) });
  await deleteCalls(store, calls);
}

/** Line by line: one string for all of a large shard may be longer than any string can be (V8: 512 MB). */
async function* linesOf(rows: readonly unknown[]): AsyncIterable<string> {
  for (const row of rows) yield `${JSON.stringify(row)}\n`;
}

/**
 * Nothing is written where all answers came from earlier runs: there they are still. Nor by a life that comes too late: it has
 * only what it has recorded itself since.
 */
async function keepCalls(store: Store, from: string, to: string): Promise<void> {
  const calls = callsWorthKeeping(store, from);
  const first = await calls.next();
  if (first.done) return;
  const all = (async function* () {
    yield first.value;
    yield* calls;
  })();
  await isFirstAt(store, to, all);
}

/** A refusal may have been of the moment, and an empty answer too: another run asks again. */
async function* callsWorthKeeping(store: Store, prefix: string): AsyncGenerator<string, void> {
  for await (const call of callsBelow(store, prefix)) {
    const read = worthKeeping.safeParse(call.answer);
    if (read.success) yield `${JSON.stringify(call)}\n`;
  }
}

const wholeAnswer = z.looseObject({ text: z.string().min(1), finish: z.enum(['stop', 'length']) });
const worthKeeping = z.union([z.looseObject({ texts: z.array(wholeAnswer).min(1) }), wholeAnswer]);

/** Writes where nothing is yet; false where something is. */
async function isFirstAt(store: Store, key: string, body: AsyncIterable<string>): Promise<boolean> {
  try {
    await store.write(key, body, { ifAbsent: true });
    return true;
  } catch (error) {
    if (error instanceof WriteConflict) return false;
    throw error;
  }
}

export function usageOf(rows: readonly { readonly usage: Usage }[]): Pick<PartSummary, 'usage'> {
  return { usage: addUsage(...rows.map(({ usage }) => usage)) };
}
