import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { randomFor } from '../../core/random.ts';
import { createServices } from '../../functions/services.ts';
import { readLoopFile } from '../../lib/loop-file/read-loop-file.ts';
import { stageLoop } from '../../lib/loop-file/stage-loop.ts';
import { renderWorkflow } from '../../lib/render-workflow.ts';
import type { Clock } from '../../providers/call-engine/clock.ts';
import { runWorkflow, tasksIn, type WorkflowEnd } from '../../sandbox/run-workflow.ts';
import type { Counts } from '../endpoint-simulator/call-counts.ts';
import { plantedPrompts } from '../endpoint-simulator/planted-responses.ts';
import { studentModel, teacherModel } from '../endpoint-simulator/read-call.ts';
import type { SimulatorOptions } from '../endpoint-simulator/simulator-options.ts';
import { startSimulator } from '../endpoint-simulator/start-simulator.ts';
import { MemoryStore } from '../fakes/memory-store.ts';
import { type Truth, truthOf } from './truth.ts';

// The steps log for CloudWatch; here nobody reads it.
process.env['POWERTOOLS_LOG_LEVEL'] = 'SILENT';

export const RESPONSES = 4;

export interface FaultyRun {
  readonly end: WorkflowEnd;
  readonly staged: number;
  readonly truth: Truth;
  readonly counts: Counts;
  readonly seconds: number;
  /** Whether calls were timed so short that a sound answer may have come too late. */
  readonly mayBeLate: boolean;
}

/** What the endpoint does, and how the loop is set to meet it. */
export interface World extends SimulatorOptions {
  /** Of one call, by the wall clock. */
  readonly timeoutSeconds?: number;
  /** By the hasty clock. */
  readonly hedgeAfterSeconds?: number;
  /** Waits pass so many times faster than on a wall clock. */
  readonly haste?: number;
  readonly canaryShare?: number;
  /** 60 where it is left out. */
  readonly prompts?: number;
}

/** Answers come in another order than the calls were made. */
const latency = { medianMilliseconds: 2, sigma: 1 };

/** A data-only loop over planted prompts, from its staging to its ending, at an endpoint that does this. */
export async function runUnder(world: World): Promise<FaultyRun> {
  const simulator = await startSimulator({ latency, ...world });
  const mayBeLate = world.timeoutSeconds !== undefined;
  const store = new MemoryStore();
  const before = performance.now();
  try {
    const { loop, version, seed, counts } = await stagePlanted(store, world, simulator.url);
    const services = createServices({ store, environment: {}, clock: hastyClock(world.haste ?? 400) });
    const end = await runWorkflow({ run, loop, version, seed }, { services, retryIntervals: withoutWaiting });
    const seconds = (performance.now() - before) / 1000;
    return {
      end,
      staged: counts.train,
      truth: await truthOf(store, run),
      counts: simulator.counts,
      seconds,
      mayBeLate,
    };
  } finally {
    await simulator.close();
  }
}

const run = 'run-1';

/** From files, as a user has them. */
async function stagePlanted(store: MemoryStore, world: World, endpoint: string) {
  const directory = await mkdtemp(join(tmpdir(), 'ratchet-faults-'));
  const prompts = plantedPrompts(world.prompts ?? 60);
  try {
    await writeFile(join(directory, 'skill.yaml'), JSON.stringify(skill));
    await writeFile(join(directory, 'prompts.jsonl'), prompts.map((prompt) => JSON.stringify(prompt)).join('\n'));
    await writeFile(join(directory, 'loop.yaml'), JSON.stringify(loopAt(endpoint, world)));
    return await stageLoop(store, await readLoopFile(join(directory, 'loop.yaml')));
  } finally {
    await rm(directory, { recursive: true });
  }
}

const skill = { purpose: 'Answers of a shop.', rules: ['State the price, the weight and the warranty.'] };

function loopAt(endpoint: string, { timeoutSeconds = 30, hedgeAfterSeconds, canaryShare = 0.02 }: World) {
  const model = { endpoint, callsAtOnce: 16, timeoutSeconds, hedgeAfterSeconds };
  return {
    name: 'planted',
    skill: '.',
    prompts: { train: 'prompts.jsonl' },
    student: { ...model, model: studentModel },
    teacher: { ...model, model: teacherModel },
    sampling: { responses: RESPONSES, maxTokens: 128 },
    judging: { canaryShare },
    pairs: { minimum: 1 },
    shards: { prompts: 20, atOnce: 2 },
  };
}

function hastyClock(haste: number): Clock {
  const random = randomFor('jitter');
  return {
    now: () => performance.now() * haste,
    wait: (milliseconds, signal) => pause(milliseconds / haste, undefined, signal ? { signal } : {}),
    jitter: () => random.next(),
  };
}

const withoutWaiting = Object.fromEntries(tasksIn(renderWorkflow()).map(([state]) => [state, 0]));
