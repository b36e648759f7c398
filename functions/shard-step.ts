import { z } from 'zod';
import type { Part, PromptSet } from '../core/artifact-keys.ts';
import type { Prompt } from '../core/prompt.ts';
import type { Run } from '../core/run.ts';
import type { Usage } from '../core/usage.ts';
import { promptsOf, readRun } from './artifacts.ts';
import type { Step } from './define-step.ts';
import { finishPart, isFinished, usageOf } from './finish-part.ts';
import { shardInput } from './round.ts';
import type { Services } from './services.ts';
import { workThroughShard } from './work-shard.ts';

const output = z.null();

/** A shard of a round, with the prompts that are to be worked on. */
export interface Shard {
  readonly run: Run;
  readonly round: number;
  readonly shard: number;
  readonly prompts: readonly Prompt[];
}

export interface ShardStep<Row> {
  readonly name: string;
  readonly part: Part;
  readonly set: PromptSet;
  readonly row: z.ZodType<Row>;
  /** Gets ready what all prompts of the shard need, and gives the work on one. */
  readonly prepare: (shard: Shard, services: Services) => Promise<(prompt: Prompt) => Promise<Row>>;
}

/** A step that calls models for each prompt of a shard: it makes one part of it, once, and goes on from its checkpoints. */
export function shardStep<Row extends { readonly prompt: string; readonly usage: Usage }>(
  step: ShardStep<Row>,
): Step<typeof shardInput, typeof output> {
  return {
    name: step.name,
    input: shardInput,
    output,
    async run({ run: name, round, shard }, services) {
      const { store } = services;
      const place = { run: name, round, part: step.part, shard };
      if (await isFinished(store, place)) return null;
      const run = await readRun(store, name);
      const prompts = await promptsOf(store, name, step.set, shard);
      const work = await step.prepare({ run, round, shard, prompts }, services);
      const rows = await workThroughShard(services, {
        ...place,
        run,
        step: step.name,
        prompts,
        rowSchema: step.row,
        work,
      });
      await finishPart(store, place, rows, step.row, usageOf);
      return null;
    },
  };
}
