import type { PaidPart } from '../core/budget.ts';
import type { Prompt } from '../core/prompt.ts';
import type { Run } from '../core/run.ts';
import { addUsage, type Usage } from '../core/usage.ts';
import type { ShardServices } from './services.ts';

/** A row of a part: what one prompt gave, and what it cost. */
interface Row {
  readonly prompt: string;
  readonly usage: Usage;
}

export interface ShardWork<R extends Row> {
  readonly run: Run;
  readonly round: number;
  readonly part: PaidPart;
  readonly shard: number;
  /** For progress: the step's name. */
  readonly step: string;
  readonly prompts: readonly Prompt[];
  readonly work: (prompt: Prompt) => Promise<R>;
  /** Told of the first failure at once: those under way need not begin another call. */
  readonly onFailure?: (error: unknown) => void;
}

/**
 * One row for each prompt of a shard, in the order of the prompts. Twice as many prompts are worked on as calls may be under
 * way: one that waits to try again keeps no place empty. When one fails, no new one is begun.
 */
export async function workThroughShard<R extends Row>(
  services: Pick<ShardServices, 'stop' | 'progress'>,
  shard: ShardWork<R>,
): Promise<R[]> {
  const { run, round, part, step, prompts } = shard;
  const rows = new Map<string, R>();
  let spent = addUsage();
  const of = part === 'evaluation' ? run.prompts.heldOut : run.prompts.train;
  const report = () =>
    services.progress.progress({ step, round, shard: shard.shard, done: rows.size, of, usd: spent.usd });
  report();
  const atOnce = 2 * Math.max(run.loop.student.callsAtOnce, run.loop.teacher.callsAtOnce);
  await eachAtOnce(
    prompts,
    atOnce,
    async (prompt) => {
      services.stop.throwIfAborted();
      const row = await shard.work(prompt);
      rows.set(prompt.id, row);
      spent = addUsage(spent, row.usage);
      report();
    },
    shard.onFailure,
  );
  return prompts.map((prompt) => rows.get(prompt.id) as R);
}

/** Works on all items, `limit` at a time. After a failure no new one is begun; the first failure is thrown once all are done. */
export async function eachAtOnce<T>(
  items: readonly T[],
  limit: number,
  work: (item: T) => Promise<void>,
  onFailure?: (error: unknown) => void,
): Promise<void> {
  const failures: unknown[] = [];
  let next = 0;
  async function worker(): Promise<void> {
    while (next < items.length && failures.length === 0) {
      try {
        await work(items[next++] as T);
      } catch (error) {
        if (failures.push(error) === 1) onFailure?.(error);
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
  if (failures.length > 0) throw failures[0];
}
