import type { z } from 'zod';
import { keys, type Part } from '../core/artifact-keys.ts';
import { ledgerParts } from '../core/budget.ts';
import type { Store } from '../core/ports.ts';
import type { Prompt } from '../core/prompt.ts';
import { contentHash } from '../core/random.ts';
import type { Run } from '../core/run.ts';
import { addUsage, type Usage } from '../core/usage.ts';
import { readRows } from './artifacts.ts';
import { openPurse, type Purse } from './budget.ts';
import type { Services } from './services.ts';

/** A row of a part: what one prompt gave, and what it cost. */
interface Row {
  readonly prompt: string;
  readonly usage: Usage;
}

export interface ShardWork<R extends Row> {
  readonly run: Run;
  readonly round: number;
  readonly part: Part;
  readonly shard: number;
  /** For progress: the step's name. */
  readonly step: string;
  readonly prompts: readonly Prompt[];
  readonly rowSchema: z.ZodType<R>;
  readonly work: (prompt: Prompt) => Promise<R>;
}

/**
 * One row for each prompt of a shard, in the order of the prompts. Rows are checkpointed while the shard runs: a retried or
 * resumed shard reads them and works on the rest only. When one prompt fails, those under way are still finished and kept.
 */
export async function workThroughShard<R extends Row>(services: Services, shard: ShardWork<R>): Promise<R[]> {
  const { run, round, part, step, prompts } = shard;
  const { store } = services;
  const prefix = keys.checkpoints(run.run, round, part, shard.shard);
  const rows = await checkpointedRows(store, prefix, shard);
  const purse = await openPurse(store, run, ledgerParts.shard(round, part, shard.shard));
  const recorder = recordTo(store, prefix, purse);

  let spent = addUsage(...[...rows.values()].map((row) => row.usage));
  const of = part === 'evaluation' ? run.prompts.heldOut : run.prompts.train;
  const report = () =>
    services.progress.progress({ step, round, shard: shard.shard, done: rows.size, of, usd: spent.usd });
  purse.spend(spent);
  // A crash may have come between a checkpoint and the ledger.
  if (rows.size > 0) await purse.record();
  report();
  const todo = prompts.filter((prompt) => !rows.has(prompt.id));
  try {
    await eachAtOnce(todo, run.loop.shards.callsAtOnce, async (prompt) => {
      services.stop.throwIfAborted();
      purse.insist();
      const row = await shard.work(prompt);
      rows.set(prompt.id, row);
      spent = addUsage(spent, row.usage);
      purse.spend(spent);
      recorder.add(row);
      report();
    });
  } finally {
    await recorder.finish();
  }
  return prompts.map((prompt) => rows.get(prompt.id) as R);
}

async function checkpointedRows<R extends Row>(
  store: Store,
  prefix: string,
  { prompts, rowSchema }: ShardWork<R>,
): Promise<Map<string, R>> {
  const wanted = new Set(prompts.map(({ id }) => id));
  const rows = new Map<string, R>();
  for await (const key of store.list(prefix)) {
    for await (const row of readRows(store, key, rowSchema)) if (wanted.has(row.prompt)) rows.set(row.prompt, row);
  }
  return rows;
}

/**
 * Writes rows as they come, one write at a time: what arrives during a write goes with the next. After a failure no more
 * are taken, and `finish` tries once more to keep what there is.
 */
function recordTo<R extends Row>(store: Store, prefix: string, purse: Purse) {
  const waiting: R[] = [];
  let writing: Promise<void> | undefined;
  let failure: unknown;
  async function write(): Promise<void> {
    while (waiting.length > 0) {
      const rows = waiting.length;
      const body = waiting.map((row) => `${JSON.stringify(row)}\n`).join('');
      // Named by its content: written twice it is the same object.
      await store.write(`${prefix}${contentHash(body)}.jsonl`, body);
      waiting.splice(0, rows);
      await purse.record();
    }
  }
  return {
    add(row: R): void {
      waiting.push(row);
      if (failure) throw failure;
      writing ??= write()
        .catch((error: unknown) => {
          failure = error;
        })
        .finally(() => {
          writing = undefined;
        });
    },
    async finish(): Promise<void> {
      await writing;
      await write();
      await purse.close();
    },
  };
}

/** Works on all items, `limit` at a time. After a failure no new one is begun; the first failure is thrown once all are done. */
export async function eachAtOnce<T>(
  items: readonly T[],
  limit: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const failures: unknown[] = [];
  let next = 0;
  async function worker(): Promise<void> {
    while (next < items.length && failures.length === 0) {
      try {
        await work(items[next++] as T);
      } catch (error) {
        failures.push(error);
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
  if (failures.length > 0) throw failures[0];
}
