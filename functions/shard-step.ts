import * as z from 'zod';
import { keys, type PromptSet } from '../core/artifact-keys.ts';
import { ledgerParts, type PaidPart } from '../core/budget.ts';
import { DeadlineNear, ProviderOverloaded, ShardTakenOver } from '../core/errors.ts';
import { judgePromptVersion } from '../core/judging/judge-prompt.ts';
import type { Store } from '../core/ports.ts';
import type { Prompt } from '../core/prompt.ts';
import { contentHash } from '../core/random.ts';
import type { Run } from '../core/run.ts';
import type { Usage } from '../core/usage.ts';
import { promptsOf, readRun } from './artifacts.ts';
import { openPurse } from './budget.ts';
import { type CallRecord, callHash, deleteCalls, openRecord } from './call-record.ts';
import type { Step } from './define-step.ts';
import { finishPart, isFinished, type PartPlace, usageOf } from './finish-part.ts';
import { beginLife, tellCost } from './metrics.ts';
import { type PaidModels, paidModels } from './paid-models.ts';
import { incumbentOf, shardInput } from './round.ts';
import type { ShardServices } from './services.ts';
import { type LeasedServices, whileAlone } from './shard-lease.ts';
import { workThroughShard } from './work-shard.ts';

/** Whether the part is finished, or the shard goes on in another invocation. */
const output = z.strictObject({ finished: z.boolean() });

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
  readonly prepare: (
    shard: Shard,
    models: PaidModels,
    services: ShardServices,
  ) => Promise<(prompt: Prompt) => Promise<Row>>;
}

/**
 * A step that calls models for each prompt of a shard: it makes one part of it, once. Each call is recorded as soon as it is
 * answered. A shard that is tried again, or resumed, does all its work again and finds the answers in the record: the work
 * is a function of them.
 */
export function shardStep<Row extends { readonly prompt: string; readonly usage: Usage }>(
  step: ShardStep<Row>,
): Step<typeof shardInput, typeof output, LeasedServices> {
  return {
    name: step.name,
    input: shardInput,
    output,
    async run({ run: name, round, shard }, services) {
      const place = { run: name, round, part: step.part, shard };
      if (await isOver(services.store, place)) return { finished: true };
      const run = await readRun(services.store, name);
      const callOff = stopBeforeEnd(services, run.loop);
      try {
        return await whileAlone(services, keys.shardLease(name, round, step.part, shard), async () => {
          // Another life, for which this one has waited, may have finished it.
          const finished = (await isOver(services.store, place)) || (await makePart(step, run, place, services));
          return { finished };
        });
      } catch (error) {
        // Its time was up while it waited.
        if (error instanceof DeadlineNear) return { finished: false };
        throw error;
      } finally {
        callOff();
      }
    },
  };
}

async function isOver(store: Store, place: PartPlace): Promise<boolean> {
  if (!(await isFinished(store, place))) return false;
  // Left by a life that ended before it had tidied up.
  await deleteCalls(store, keys.calls(place.run, place.round, place.part, place.shard));
  return true;
}

/** False where another invocation is to go on. */
async function makePart<Row extends { readonly prompt: string; readonly usage: Usage }>(
  step: ShardStep<Row>,
  run: Run,
  place: PartPlace,
  services: ShardServices,
): Promise<boolean> {
  const { store } = services;
  const { round, shard } = place;
  const prompts = await promptsOf(store, run.run, step.set, shard);
  const reusable = await whereToReuse(services, run, place);
  const calls = keys.calls(run.run, round, step.part, shard);
  const record = await openRecord(store, { prefix: calls, reusable }, services.recordPatience);
  const purse = openPurse(store, run, ledgerParts.shard(round, step.part, shard), record.before);
  const told = { run, round, shard, step: step.name };
  const endLife = beginLife(services, told);
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
      part: step.part,
      step: step.name,
      prompts,
      work: await step.prepare({ run, round, shard, prompts }, models, services),
      onFailure: (error) => {
        failure = error;
      },
    });
  const rested = thenAlways(work(), () => models.atRest());
  const recorded = thenAlways(rested, () => record.finish());
  const rows = await unlessStopped(
    thenAlways(recorded, () => purse.close()),
    record,
  ).finally(endLife);
  if (!rows) return false;
  await finishPart(store, place, rows, step.row, {
    summarize: (all) => ({ ...usageOf(all), ...(record.reused > 0 ? { reused: record.reused } : {}) }),
    keepCallsAt: reusable && `${reusable.prefix}${nameOfCalls(run, round)}`,
  });
  tellCost(services, told, usageOf(rows).usage);
  return true;
}

/** Writing what is under way, and the rows, takes no longer. */
const SECONDS_TO_FINISH = 30;

/**
 * Where the time of an invocation is limited, no call is begun that might not be answered before its end. Gives what calls
 * that off.
 */
function stopBeforeEnd({ invocation }: ShardServices, { student, teacher }: Run['loop']): () => void {
  const longestCall = Math.max(student.timeoutSeconds, teacher.timeoutSeconds);
  return invocation?.stopBeforeEnd((longestCall + SECONDS_TO_FINISH) * 1000) ?? (() => undefined);
}

/**
 * Where it was stopped what is under way is recorded, and `undefined` says that another invocation goes on. Throws what the
 * work throws for any other reason, and ProviderOverloaded where its time was up and no call was answered: to go on like
 * this would never end.
 */
async function unlessStopped<T>(work: Promise<T>, record: CallRecord): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    const reason = stopIn(error);
    if (!reason) throw error;
    if (record.added > 0 || reason instanceof ShardTakenOver) return undefined;
    throw new ProviderOverloaded('No call was answered in the time of a whole invocation; the endpoint is very slow.', {
      cause: error,
    });
  }
}

/** Why the invocation was to stop, where that is all that the error says. A timer that was stopped hands it on as its cause. */
function stopIn(error: unknown): DeadlineNear | ShardTakenOver | undefined {
  const isStop = (one: unknown) => one instanceof DeadlineNear || one instanceof ShardTakenOver;
  return [error, error instanceof Error ? error.cause : undefined].find(isStop);
}

/**
 * Does `after` whatever becomes of the work. Where both fail, the work's failure is thrown, as the other may follow from it;
 * but that it was stopped is none.
 */
async function thenAlways<T>(work: Promise<T>, after: () => Promise<void>): Promise<T> {
  const [worked] = await Promise.allSettled([work]);
  const [done] = await Promise.allSettled([after()]);
  if (done.status === 'rejected' && (worked.status === 'fulfilled' || stopIn(worked.reason))) throw done.reason;
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
async function whereToReuse({ store, now }: ShardServices, run: Run, { part, round, shard }: PartPlace) {
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
