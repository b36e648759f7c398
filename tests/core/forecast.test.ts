import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { keys } from '../../core/artifact-keys.ts';
import { forecastLines, forecastOf } from '../../core/forecast.ts';
import { showsCanary } from '../../core/judging/canaries.ts';
import { type Run, runSchema } from '../../core/run.ts';
import type { Usage } from '../../core/usage.ts';
import { readRun } from '../../functions/artifacts.ts';
import { judgeResponses } from '../../functions/judge-responses/handler.ts';
import { sampleResponses } from '../../functions/sample-responses/handler.ts';
import { MemoryStore } from '../fakes/memory-store.ts';
import { Endpoint, plan } from '../functions/paid-shards.ts';
import { prompts } from '../functions/shard-fixture.ts';
import { LoopWorld } from '../lib/workflow/loop-world.ts';

const figures = ['calls', 'promptTokens', 'completionTokens', 'usd'] as const satisfies (keyof Usage)[];

async function plannedRun(): Promise<Run> {
  const world = new LoopWorld();
  await world.run(new Map([...world.handlers(), ['start-training', () => Promise.reject(new Error('enough'))]]));
  return runSchema.parse(world.artifact(keys.run('run-1')));
}

describe('the forecast of a run', () => {
  test('is never less than what an undisturbed run costs', async () => {
    const loops = fc.record({
      responses: fc.integer({ min: 2, max: 5 }),
      critiques: fc.boolean(),
      canaryShare: fc.constantFrom(0, 0.3, 1),
      rounds: fc.constantFrom(1, 2),
    });
    await fc.assert(
      fc.asyncProperty(loops, async ({ responses, critiques, canaryShare, rounds }) => {
        const world = new LoopWorld({
          oneResponseACall: true,
          loop: {
            rounds,
            sampling: { responses, temperature: 1, topP: 1, maxTokens: 64 },
            judging: { critiques, canaryShare, minimumProbability: 0.9 },
          },
        });

        await world.run();

        const { forecast } = runSchema.parse(world.artifact(keys.run('run-1')));
        const { usage } = world.report();
        for (const figure of figures) expect(forecast[figure]).toBeGreaterThanOrEqual(usage[figure]);
      }),
      { numRuns: 12 },
    );
  });

  test('is not far off for a loop in which nothing is decided by checks', async () => {
    const world = new LoopWorld();

    await world.run();

    const { forecast } = runSchema.parse(world.artifact(keys.run('run-1')));
    expect(forecast.calls).toBeLessThan(2 * world.answered.length);
  });

  test('counts on an endpoint that sends one response a call, and on every question to the teacher', async () => {
    const { loop } = await plannedRun();

    // Two responses; one comparison to search, two to confirm; one critique.
    expect(forecastOf(loop, { prompts: 10, characters: 4000 }, { prompts: 0, characters: 0 }).calls).toBe(
      10 * (2 + 3 + 1),
    );
  });

  test('has room for every canary that chance may bring', async () => {
    const { loop } = await plannedRun();
    const callsAt = (canaryShare: number, prompts: number) =>
      forecastOf(
        { ...loop, judging: { ...loop.judging, canaryShare } },
        { prompts, characters: 0 },
        { prompts, characters: 0 },
      ).calls;
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 100 }),
        fc.integer({ min: 1, max: 200 }),
        fc.nat(),
        (percent, prompts, seed) => {
          const share = percent / 100;
          const shown = Array.from({ length: prompts }, (_, index) => showsCanary(`${seed}/1/p-${index}`, share));

          expect(callsAt(share, prompts) - callsAt(0, prompts)).toBeGreaterThanOrEqual(shown.filter(Boolean).length);
        },
      ),
    );
  });

  test('is never less than what sampling and judging ask for, however small the shards', async () => {
    const runs = fc.record({
      count: fc.integer({ min: 60, max: 100 }),
      size: fc.constantFrom(1, 10, 100),
      canaryShare: fc.constantFrom(0.01, 0.05),
      seed: fc.nat({ max: 9999 }),
    });
    await fc.assert(
      fc.asyncProperty(runs, async ({ count, size, canaryShare, seed }) => {
        const store = new MemoryStore();
        const judging = { critiques: true, minimumProbability: 0.9, canaryShare };
        const change = { seed, judging, shards: { prompts: size, atOnce: 1 } };
        await plan(store, 'run-1', { of: prompts(count), size, change });
        const endpoint = new Endpoint();
        for (const step of [sampleResponses, judgeResponses]) {
          const shards = Array.from({ length: Math.ceil(count / size) }, (_, shard) => shard);
          await Promise.all(
            shards.map((shard) => step.run({ run: 'run-1', round: 1, shard }, endpoint.services(store))),
          );
        }

        const { loop } = await readRun(store, 'run-1');
        const lines = forecastLines(loop, { prompts: count, characters: 100 * count }, { prompts: 0, characters: 0 });
        const atMost = (stage: string) => lines.find((line) => line.stage === stage)!.usage.calls;
        expect(atMost('sampling')).toBeGreaterThanOrEqual(endpoint.student.requests.length);
        expect(atMost('judging')).toBeGreaterThanOrEqual(endpoint.teacher.requests.length);
      }),
      { numRuns: 12 },
    );
  });

  test('grows with the rounds, and holds the price of the training jobs', async () => {
    const { loop } = await plannedRun();
    const volume = { prompts: 10, characters: 4000 };
    const once = forecastOf(loop, volume, volume);
    const thrice = forecastOf({ ...loop, rounds: 3 }, volume, volume);
    const cheaper = forecastOf({ ...loop, trainer: { ...loop.trainer!, usdPerJob: 0 } }, volume, volume);

    for (const figure of figures) expect(thrice[figure]).toBeCloseTo(3 * once[figure], 6);
    expect(once.usd - cheaper.usd).toBeCloseTo(0.5, 9);
  });

  test('of no prompts is the training alone', async () => {
    const { loop } = await plannedRun();
    const none = { prompts: 0, characters: 0 };

    expect(forecastOf(loop, none, none)).toEqual({ calls: 0, promptTokens: 0, completionTokens: 0, usd: 0.5 });
  });
});
