import { z } from 'zod';
import { keys, type PromptSet } from '../core/artifact-keys.ts';
import { ledgerParts, type PaidPart } from '../core/budget.ts';
import { judgePromptVersion } from '../core/judging/judge-prompt.ts';
import type { Prompt } from '../core/prompt.ts';
import { contentHash } from '../core/random.ts';
import type { Run } from '../core/run.ts';
import type { Usage } from '../core/usage.ts';
import { promptsOf, readRun } from './artifacts.ts';
import { openPurse } from './budget.ts';
import { callHash, deleteCalls, openRecord } from './call-record.ts';
import type { Step } from './define-step.ts';
import { finishPart, isFinished, type PartPlace, usageOf } from './finish-part.ts';
import { type PaidModels, paidModels } from './paid-models.ts';
import { incumbentOf, shardInput } from './round.ts';
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
  readonly part: PaidPart;
  readonly set: PromptSet;
  readonly row: z.ZodType<Row>;
  /** Gets ready what all prompts of the shard need, and gives the work on one. */
  readonly prepare: (shard: Shard, models: PaidModels, services: Services) => Promise<(prompt: Prompt) => Promise<Row>>;
}

/**
 * A step that calls models for each prompt of a shard: it makes one part of it, once. Each call is recorded as soon as it is
 * answered. A shard that is tried again, or resumed, does all its work again and finds the answers in the record: the work
 * is a function of them.
 */
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
      const calls = keys.calls(name, round, step.part, shard);
      if (await isFinished(store, place)) {
        // Left by a life that ended before it had tidied up.
        await deleteCalls(store, calls);
        return null;
      }
      const run = await readRun(store, name);
      const prompts = await promptsOf(store, name, step.set, shard);
      const reusable = await whereToReuse(services, run, place);
      const record = await openRecord(store, { prefix: calls, reusable }, services.recordPatience);
      const purse = openPurse(store, run, ledgerParts.shard(round, step.part, shard), record.before);
      let failure: unknown;
      const models = paidModels({
        ...services,
        loop: run.loop,
        record,
        purse,
        insistOnGoingOn() {
          services.stop.throwIfAborted();
          if (failure !== undefined) throw failure;
        },
      });
      const work = async () =>
        workThroughShard(services, {
          ...place,
          run,
          step: step.name,
          prompts,
          work: await step.prepare({ run, round, shard, prompts }, models, services),
          onFailure: (error) => {
            failure = error;
          },
        });
      const recorded = thenAlways(work(), () => record.finish());
      const rows = await thenAlways(recorded, () => purse.close());
      await finishPart(store, place, rows, step.row, {
        summarize: (all) => ({ ...usageOf(all), ...(record.reused > 0 ? { reused: record.reused } : {}) }),
        keepCallsAt: reusable && `${reusable.prefix}${nameOfCalls(run, round)}`,
      });
      return null;
    },
  };
}

/** Does `after` whatever becomes of the work. Where both fail, the work's failure is thrown: the other may follow from it. */
async function thenAlways<T>(work: Promise<T>, after: () => Promise<void>): Promise<T> {
  const [worked] = await Promise.allSettled([work]);
  const [done] = await Promise.allSettled([after()]);
  if (worked.status === 'fulfilled' && done.status === 'rejected') throw done.reason;
  return work;
}

/** Names of runs begin anew where their folders were deleted; with the hash of when it began, each run has a name of its own. */
function nameOfCalls({ run, startedAt }: Run, round: number): string {
  return `${run}-${contentHash(startedAt).slice(0, 8)}.round-${round}.jsonl`;
}

const DAY_MS = 86_400_000;

/**
 * Responses of one student, and verdicts of one teacher by the same rules, are as good in a later run. Evaluations are not:
 * evidence that was used once is no evidence again. The sandbox costs nothing, and its models change with its code.
 */
async function whereToReuse({ store, now }: Services, run: Run, { part, round, shard }: PartPlace) {
  const { student, teacher, rubric, reuseDays, name } = run.loop;
  const { endpoint } = part === 'responses' ? student : teacher;
  if (reuseDays === 0 || part === 'evaluation' || endpoint === 'sandbox') return undefined;
  const setup =
    part === 'responses'
      ? ['sample', endpoint, await incumbentOf(store, run, round)]
      : ['judge', endpoint, teacher.model, rubric, judgePromptVersion];
  const prefix = keys.reusableCalls(name, callHash(setup), shard);
  return { prefix, since: new Date(now().getTime() - reuseDays * DAY_MS) };
}
