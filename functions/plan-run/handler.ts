import { z } from 'zod';
import { keys, type PromptSet } from '../../core/artifact-keys.ts';
import { InvalidInput, WriteConflict } from '../../core/errors.ts';
import { forecastOf } from '../../core/forecast.ts';
import { loopDocumentSchema } from '../../core/loop.ts';
import type { Store } from '../../core/ports.ts';
import { contentHash } from '../../core/random.ts';
import { insistOnBase, newRegistry, type Registry, registrySchema } from '../../core/registry.ts';
import { type Run, runName, runSchema } from '../../core/run.ts';
import { findArtifact, readArtifact, readRun, updateArtifact, writeArtifact } from '../artifacts.ts';
import { openLedger } from '../budget.ts';
import type { Step } from '../define-step.ts';
import type { Services } from '../services.ts';

const input = z.strictObject({ run: runName, loop: z.string(), version: z.string() });
/** The state that the workflow carries from here on: names, numbers and short words. */
const output = z.strictObject({
  run: z.string(),
  round: z.literal(1),
  rounds: z.int(),
  trainShards: z.array(z.int()),
  heldOutShards: z.array(z.int()),
  shardsAtOnce: z.int(),
  pollSeconds: z.int(),
  approval: z.enum(['never', 'before-training']),
  trains: z.boolean(),
});

/** Freezes the loop and the prompts, cuts shards, forecasts the cost. A run that is planned already keeps its plan. */
export const planRun: Step<typeof input, typeof output> = {
  name: 'plan-run',
  input,
  output,
  async run({ run, loop, version }, services) {
    const plan =
      (await findArtifact(services.store, keys.run(run), runSchema)) ?? (await makePlan(run, loop, version, services));
    insistOnSame(plan, loop, version);
    await openLedger(services.store, plan);
    // A run that goes on has not failed.
    await services.store.delete(keys.failure(run));
    return stateOf(plan);
  },
};

async function makePlan(run: string, loopName: string, version: string, { store, now }: Services): Promise<Run> {
  const loop = await readArtifact(store, keys.stagedLoop(loopName, version), loopDocumentSchema);
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
function insistOnSame(plan: Run, loop: string, version: string): void {
  if (plan.loop.name === loop && plan.version === version) return;
  throw new InvalidInput(`The run ${plan.run}`, [
    `it was begun with version ${plan.version} of the loop ${plan.loop.name}, not with version ${version} of ${loop}; start a new run under another name`,
  ]);
}

async function openRegistry(store: Store, loop: string, base: string, at: string): Promise<Registry> {
  await updateArtifact(store, keys.registry(loop), registrySchema, (current) =>
    current ? undefined : newRegistry(loop, base, at),
  );
  return readArtifact(store, keys.registry(loop), registrySchema);
}

/** Copies the staged prompts into shards of `size`, a line at a time; counts them and their characters, and hashes them all. */
async function cutShards(
  store: Store,
  { run, loop, version, set }: { run: string; loop: string; version: string; set: PromptSet },
  size: number,
): Promise<{ prompts: number; shards: number; characters: number; hash: string }> {
  const counts = { prompts: 0, shards: 0, characters: 0, hash: '' };
  const lines = store.lines(keys.stagedPrompts(loop, version, set))[Symbol.asyncIterator]();
  let next = await lines.next();
  async function* shardLines(): AsyncIterable<string> {
    for (let taken = 0; taken < size && !next.done; taken++) {
      counts.prompts++;
      counts.characters += next.value.length;
      counts.hash = contentHash(counts.hash + next.value);
      yield `${next.value}\n`;
      next = await lines.next();
    }
  }
  try {
    while (!next.done) await store.write(keys.prompts(run, set, counts.shards++), shardLines());
  } finally {
    await lines.return?.();
  }
  return counts;
}

function stateOf({ run, loop, shards }: Run): z.input<typeof output> {
  const numbered = (count: number) => Array.from({ length: count }, (_, shard) => shard);
  return {
    run,
    round: 1,
    rounds: loop.rounds,
    trainShards: numbered(shards.train),
    heldOutShards: numbered(shards.heldOut),
    shardsAtOnce: loop.shards.atOnce,
    // Without a trainer nothing is waited for, but the state has the same fields.
    pollSeconds: loop.trainer?.pollSeconds ?? 1,
    approval: loop.approval,
    trains: loop.trainer !== undefined,
  };
}
