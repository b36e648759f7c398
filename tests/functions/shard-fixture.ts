import { z } from 'zod';
import { loopDocumentSchema } from '../../core/loop.ts';
import type { Store } from '../../core/ports.ts';
import type { Prompt } from '../../core/prompt.ts';
import type { Run } from '../../core/run.ts';
import { noUsage, usageSchema } from '../../core/usage.ts';
import { noMetrics } from '../../functions/metrics.ts';
import type { Services } from '../../functions/services.ts';
import type { ShardWork } from '../../functions/work-shard.ts';

export const rowSchema = z.strictObject({ prompt: z.string(), said: z.string(), usage: usageSchema });
export type Row = z.infer<typeof rowSchema>;

export const oneCall = { ...noUsage, calls: 1 };
export const rowOf = (prompt: string): Row => ({ prompt, said: `about ${prompt}`, usage: oneCall });
export const prompts = (count: number): Prompt[] =>
  Array.from({ length: count }, (_, index) => ({
    id: `p-${index}`,
    messages: [{ role: 'user', content: `${index}?` }],
  }));

export function runOf({ callsAtOnce = 2, budget = {} as Run['loop']['budget'] } = {}): Run {
  const endpoint = 'sandbox';
  const loop = loopDocumentSchema.parse({
    name: 'desk',
    student: { endpoint, model: 'base', callsAtOnce },
    teacher: { endpoint, model: 'judge', callsAtOnce },
    trainer: { endpoint },
    budget,
    rubric: { purpose: 'A desk.', rules: ['Help.'] },
    heldOutShare: null,
  });
  const counts = { train: 1, heldOut: 1 };
  const about = { format: 1, run: 'run-1', version: 'v1', startedAt: 'now', salt: '', incumbent: 'base' } as const;
  return { ...about, loop, prompts: counts, shards: counts, forecast: noUsage };
}

/** Services for steps that work on a store alone; whoever calls a model here has lost the way. */
export function servicesOf(store: Store, more: Partial<Services> = {}): Services {
  const nobody = (): never => {
    throw new Error('Unscripted: no model is to be called here');
  };
  return {
    store,
    now: () => new Date('2026-11-24T09:00:00Z'),
    progress: { progress: () => undefined },
    stop: new AbortController().signal,
    student: nobody,
    teacher: nobody,
    trainer: nobody,
    serving: nobody,
    announcer: { tell: async () => undefined },
    metrics: noMetrics,
    ...more,
  };
}

export function shardOf(run: Run, ofPrompts: readonly Prompt[], work: ShardWork<Row>['work']): ShardWork<Row> {
  const place = { round: 1, part: 'responses', shard: 0, step: 'sample-responses' } as const;
  return { ...place, run, prompts: ofPrompts, work };
}
