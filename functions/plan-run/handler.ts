import * as z from 'zod';
import { keys, type PromptSet } from '../../core/artifact-keys.ts';
import { InvalidInput, WriteConflict } from '../../core/errors.ts';
import { forecastOf } from '../../core/forecast.ts';
import { approvalSeconds, loopDocumentSchema, shardsAtOnce } from '../../core/loop.ts';
import type { Store } from '../../core/ports.ts';
import { contentHash } from '../../core/random.ts';
import { insistOnBase, newRegistry, type Registry, registrySchema } from '../../core/registry.ts';
import { type Run, runName, runSchema } from '../../core/run.ts';
import { findArtifact, readArtifact, readRun, updateArtifact, writeArtifact } from '../artifacts.ts';
import { openLedger } from '../budget.ts';
import type { Step } from '../define-step.ts';
import type { BaseServices } from '../services.ts';

const input = z.strictObject({ run: runName, loop: z.string(), version: z.string(), seed: z.int().min(0) });
/** The state that the workflow carries from here on: names, numbers and short words. */
const output = z.strictObject({
  run: z.string(),
  loop: z.string(),
  version: z.string(),
  seed: z.int(),
  round: z.literal(1),
  rounds: z.int(),
  trainShards: z.array(z.int()),
  heldOutShards: z.array(z.int()),
  shardsAtOnce: z.int(),
  pollSeconds: z.int(),
  approval: loopDocumentSchema.shape.approval,
  approvalSeconds: z.int(),
  trains: z.boolean(),
});

/** Freezes the loop and the prompts, cuts shards, forecasts the cost. A run that is planned already keeps its plan. */
export const planRun: Step<typeof input, typeof output> = {
  name: 'plan-run',
  input,
  output,
  async run({ run, loop, version, seed }, services) {
    const plan =
      (await findArtifact(services.store, keys.run(run), runSchema)) ??
      (await makePlan(run, loop, version, seed, services));
    insistOnSame(plan, loop, version, seed);
    await openLedger(services.store, plan);
    // A run that goes on has not failed.
    await services.store.delete(keys.failure(run));
    return stateOf(plan);
  },
};

async function makePlan(
  run: string,
  loopName: string,
  version: string,
  seed: number,
  services: BaseServices,
): Promise<Run> {
  const { store, now } = services;
  await services.bringStaged?.(loopName, version);
  const staged = await readArtifact(store, keys.stagedLoop(loopName, version), loopDocumentSchema);
  const loop = { ...staged, seed };
  const startedAt = now().toISOString();
  const registry = await openRegistry(store, loopName, loop.student.model, startedAt);
  insistOnBase(registry, loop.student.model);
  const train = await cutShards(store, { run, loop: loopName, version, set: 'train' }, loop.shards.prompts);
  const heldOut = await cutShards(store, { run, loop: loopName, version, set: 'held-out' }, loop.shards.prompts);
  const plan: Run = {
    format: 1,
    run,
    version,
    loop,
    startedAt,
    salt: contentHash(JSON.stringify([loop.rubric, train.hash, heldOut.hash])),
    incumbent: registry.incumbent,
    prompts: { train: train.prompts, heldOut: heldOut.prompts },
    shards: { train: train.shards, heldOut: heldOut.shards },
    forecast: forecastOf(loop, train, heldOut),
  };
  // Last: where it is, the plan is whole.
  return firstPlan(store, plan);
}

/** Of two that plan a run at the same time, both go on with the plan that was written first. */
async function firstPlan(store: Store, plan: Run): Promise<Run> {
  try {
    await writeArtifact(store, keys.run(plan.run), plan, { ifAbsent: true });
    return plan;
  } catch (error) {
    if (error instanceof WriteConflict) return readRun(store, plan.run);
    throw error;
  }
}

/** A run is frozen: asked for again with other settings or prompts, it must not seem to have them. */
function insistOnSame({ run, loop: begun, version: of }: Run, loop: string, version: string, seed: number): void {
  if (begun.name === loop && of === version && begun.seed === seed) return;
  throw new InvalidInput(`The run ${run}`, [
    `it was begun with version ${of} of the loop ${begun.name} and seed ${begun.seed}, not with version ${version} of ${loop} and seed ${seed}; start a new run under another name`,
  ]);
}

async function openRegistry(store: Store, loop: string, base: string, at: string): Promise<Registry> {
  await updateArtifact(store, keys.registry(loop), registrySchema, (current) =>
    current ? undefined : newRegistry(loop, base, at),
  );
  return readArtifact(store, keys.registry(loop), registrySchema);
}

/** S3 takes 40 to 100 ms for a small object: one after the other, 10,000 shards would take all the time that a Lambda has. */
const SHARDS_AT_ONCE = 16;
/** Of large shards fewer are held: no more prompts than the largest has (core/loop.ts), which its steps hold too. */
const PROMPTS_AT_ONCE = 5000;

/** Copies the staged prompts into shards of `size`; counts them and their characters, and hashes them all. */
async function cutShards(
  store: Store,
  { run, loop, version, set }: { run: string; loop: string; version: string; set: PromptSet },
  size: number,
): Promise<{ prompts: number; shards: number; characters: number; hash: string }> {
  const counts = { prompts: 0, shards: 0, characters: 0, hash: '' };
  async function* countedLines(): AsyncIterable<string> {
    for await (const line of store.lines(keys.stagedPrompts(loop, version, set))) {
      counts.prompts++;
      counts.characters += line.length;
      counts.hash = contentHash(counts.hash + line);
      yield `${line}\n`;
    }
  }
  // All writers take from it in turn: a shard is read when one of them is free.
  const shards = shardsOf(size, countedLines());
  const writeThem = async () => {
    for await (const { shard, text } of shards) {
      await store.write(keys.prompts(run, set, shard), text);
      counts.shards++;
    }
  };
  const writers = Math.max(1, Math.min(SHARDS_AT_ONCE, Math.floor(PROMPTS_AT_ONCE / size)));
  await Promise.all(Array.from({ length: writers }, writeThem));
  return counts;
}

async function* shardsOf(size: number, lines: AsyncIterable<string>): AsyncGenerator<{ shard: number; text: string }> {
  let shard = 0;
  let taken: string[] = [];
  for await (const line of lines) {
    if (taken.push(line) < size) continue;
    yield { shard: shard++, text: taken.join('') };
    taken = [];
  }
  if (taken.length > 0) yield { shard, text: taken.join('') };
}

function stateOf({ run, loop, version, shards }: Run): z.input<typeof output> {
  const numbered = (count: number) => Array.from({ length: count }, (_, shard) => shard);
  return {
    run,
    loop: loop.name,
    version,
    seed: loop.seed,
    round: 1,
    rounds: loop.rounds,
    trainShards: numbered(shards.train),
    heldOutShards: numbered(shards.heldOut),
    shardsAtOnce: shardsAtOnce(loop),
    // Without a trainer nothing is waited for, but the state has the same fields.
    pollSeconds: loop.trainer?.pollSeconds ?? 1,
    approval: loop.approval,
    approvalSeconds: approvalSeconds(loop),
    trains: loop.trainer !== undefined,
  };
}
