import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import * as z from 'zod';
import { ArtifactMissing, StoreUnavailable, WriteConflict } from '../core/errors.ts';
import type { Store } from '../core/ports.ts';
import { contentHash } from '../core/random.ts';
import { addUsage, noUsage, type Usage, usageSchema } from '../core/usage.ts';
import { gather, readRows } from './artifacts.ts';
import { manyAtOnce } from './many-at-once.ts';

/**
 * One line of `<part>/<shard>.calls/`: a call that was paid for, by the hash of what was asked. Where it stands, the call is
 * never made again: not by a resumed shard, nor by a later run that asks the same.
 */
export const recordedCallSchema = z.strictObject({
  call: z.string(),
  at: z.iso.datetime(),
  usage: usageSchema,
  /** What the port answered, as it was. */
  answer: z.looseObject({}),
});
export type RecordedCall = z.infer<typeof recordedCallSchema>;

/** What a call is known by: whom, and what. */
export function callHash(asked: unknown): string {
  return createHash('sha256').update(JSON.stringify(asked)).digest('hex').slice(0, 32);
}

/** How hard the record tries while its store is away. Meanwhile no new call is begun. */
export interface RecordPatience {
  readonly waitsMs: readonly number[];
  readonly wait: (milliseconds: number) => Promise<unknown>;
}

/** 1 + 2 + 4 + 8 + 15 + 30 + 30 = 90 s: longer than a store that restarts; then the step's own retries take over. */
export const usualRecordPatience: RecordPatience = {
  waitsMs: [1_000, 2_000, 4_000, 8_000, 15_000, 30_000, 30_000],
  wait: (milliseconds) => pause(milliseconds),
};
/** What arrives so soon after another goes with it in one write. */
const LINGER_MS = 100;
/** Who brings one more has to wait for the disk: a crash loses what is not written, and that was paid for. */
const MOST_UNWRITTEN = 100;

/** The calls of one part of a shard. */
export interface CallRecord {
  /** What earlier lives of this part have paid for. */
  readonly before: Usage;
  /** Calls that an earlier run had paid for. */
  readonly reused: number;
  /** Calls that were added in this life. */
  readonly added: number;
  /** The answer to a call that stands in the record. One of an earlier run costs nothing now. */
  find(call: string): { readonly answer: Readonly<Record<string, unknown>>; readonly isOfThisRun: boolean } | undefined;
  /** Resolves at once, unless the store is away or slow: then when it has caught up. Throws StoreUnavailable, StoreRefused. */
  add(recorded: RecordedCall): Promise<void>;
  /** Resolves when all is written. Throws StoreUnavailable, StoreRefused. */
  finish(): Promise<void>;
}

export interface RecordPlace {
  /** Where this part's calls are. */
  readonly prefix: string;
  /** Where those of earlier runs are, if they are to be used. */
  readonly reusable: { readonly prefix: string; readonly since: Date } | undefined;
}

export async function openRecord(
  store: Store,
  { prefix, reusable }: RecordPlace,
  patience: RecordPatience = usualRecordPatience,
): Promise<CallRecord> {
  const own = new Map<string, RecordedCall>();
  let before = noUsage;
  for await (const row of callsBelow(store, prefix)) {
    own.set(row.call, row);
    before = addUsage(before, row.usage);
  }
  const others = reusable ? await reusableCalls(store, reusable) : new Map<string, RecordedCall>();
  const used = new Set<string>();
  const writer = writeTo(store, prefix, patience);
  let added = 0;
  return {
    before,
    get reused() {
      return used.size;
    },
    get added() {
      return added;
    },
    find(call) {
      const ofThisRun = own.get(call);
      if (ofThisRun) return { answer: ofThisRun.answer, isOfThisRun: true };
      const ofAnother = others.get(call);
      if (!ofAnother) return undefined;
      used.add(call);
      return { answer: ofAnother.answer, isOfThisRun: false };
    },
    add(call) {
      added++;
      return writer.add(call);
    },
    finish: writer.finish,
  };
}

/** All recorded calls below a prefix, streamed. */
export async function* callsBelow(store: Store, prefix: string): AsyncIterable<RecordedCall> {
  for (const some of inGroups(await gather(store.list(prefix)), KEYS_AT_ONCE)) {
    for (const calls of await manyAtOnce(some, (key) => gather(callsAt(store, key)))) yield* calls;
  }
}

/** A bucket answers in 10 to 30 ms, and a large shard has thousands of objects; the calls of so many are held at a time. */
const KEYS_AT_ONCE = 32;

function* inGroups<T>(items: readonly T[], size: number): Iterable<readonly T[]> {
  for (let start = 0; start < items.length; start += size) yield items.slice(start, start + size);
}

/** What a part that is finished needs no more. */
export async function deleteCalls(store: Store, prefix: string): Promise<void> {
  await manyAtOnce(await gather(store.list(prefix)), (key) => store.delete(key));
}

/** An object that was deleted since it was listed, by another life of the shard or another run, has none. */
async function* callsAt(store: Store, key: string): AsyncIterable<RecordedCall> {
  try {
    yield* readRows(store, key, recordedCallSchema);
  } catch (error) {
    if (!(error instanceof ArtifactMissing)) throw error;
  }
}

/** Objects that hold nothing young enough are no use to anybody, and are deleted. */
async function reusableCalls(
  store: Store,
  { prefix, since }: { readonly prefix: string; readonly since: Date },
): Promise<Map<string, RecordedCall>> {
  const calls = new Map<string, RecordedCall>();
  for await (const key of store.list(prefix)) {
    let isOfUse = false;
    for await (const row of callsAt(store, key)) {
      if (Date.parse(row.at) < since.getTime()) continue;
      isOfUse = true;
      calls.set(row.call, row);
    }
    if (!isOfUse) await store.delete(key);
  }
  return calls;
}

/** Writes calls as they come, one write at a time. */
function writeTo(store: Store, prefix: string, { waitsMs, wait }: RecordPatience) {
  const waiting: RecordedCall[] = [];
  let writing: Promise<void> | undefined;
  let isAway = false;
  let failure: unknown;

  async function writeBatch(): Promise<void> {
    if (waiting.length < MOST_UNWRITTEN) await pause(LINGER_MS);
    const count = waiting.length;
    const body = waiting.map((row) => `${JSON.stringify(row)}\n`).join('');
    await patiently(() => writeOnce(store, `${prefix}${contentHash(body)}.jsonl`, body));
    waiting.splice(0, count);
  }

  async function patiently(write: () => Promise<unknown>): Promise<void> {
    for (let attempt = 0; ; attempt++) {
      try {
        await write();
        isAway = false;
        return;
      } catch (error) {
        const next = waitsMs[attempt];
        if (!(error instanceof StoreUnavailable) || next === undefined) throw error;
        isAway = true;
        await wait(next);
      }
    }
  }

  function begin(): Promise<void> {
    writing ??= writeBatch()
      .catch((error: unknown) => {
        failure ??= error;
      })
      .finally(() => {
        writing = undefined;
        if (waiting.length > 0 && failure === undefined) void begin();
      });
    return writing;
  }

  return {
    async add(recorded: RecordedCall): Promise<void> {
      waiting.push(recorded);
      if (failure) throw failure;
      const written = begin();
      if (isAway || waiting.length > MOST_UNWRITTEN) await written;
      if (failure) throw failure;
    },
    async finish(): Promise<void> {
      while (writing !== undefined) await writing;
      // After a failure once more: the store may be back, and what is not written is paid again.
      if (waiting.length > 0) {
        failure = undefined;
        await begin();
      }
      if (failure) throw failure;
    },
  };
}

/** Named by its content: where it is already, it is the same object. Creating takes no lock, so it is quick. */
async function writeOnce(store: Store, key: string, body: string): Promise<void> {
  try {
    await store.write(key, body, { ifAbsent: true });
  } catch (error) {
    if (!(error instanceof WriteConflict)) throw error;
  }
}
