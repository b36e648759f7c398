import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { keys } from '../../core/artifact-keys.ts';
import type { Limits } from '../../core/budget.ts';
import { BudgetReached } from '../../core/errors.ts';
import { runSchema } from '../../core/run.ts';
import { findArtifact, readRun, writeArtifact } from '../../functions/artifacts.ts';
import { openLedger } from '../../functions/budget.ts';
import { judgeResponses } from '../../functions/judge-responses/handler.ts';
import { sampleResponses } from '../../functions/sample-responses/handler.ts';
import { MemoryStore } from '../fakes/memory-store.ts';
import { Endpoint, partOf, plan, workOn } from './paid-shards.ts';
import { prompts } from './shard-fixture.ts';

/** Each call of the student has 10 + 20 tokens at its end, each of the teacher 100 + 5. */
const tokensAt = ({ student, teacher }: Endpoint) => 30 * student.requests.length + 105 * teacher.requests.length;
const callsAt = ({ asked }: Endpoint) => asked.length;

/** Works on three shards at once under these limits, until the budget or the work is used up. */
async function workUnder(store: MemoryStore, endpoint: Endpoint): Promise<boolean> {
  for (const step of [sampleResponses, judgeResponses]) {
    const working = [0, 1, 2].map((shard) => step.run({ run: 'run-1', round: 1, shard }, endpoint.services(store)));
    const ends = await Promise.allSettled(working);
    const failures = ends.flatMap((end) => (end.status === 'rejected' ? [end.reason] : []));
    for (const failure of failures) expect(failure).toBeInstanceOf(BudgetReached);
    if (failures.length > 0) return false;
  }
  return true;
}

async function raise(store: MemoryStore, budget: Limits): Promise<void> {
  const run = await readRun(store, 'run-1');
  await writeArtifact(store, keys.run('run-1'), { ...run, loop: { ...run.loop, budget } });
  await openLedger(store, await readRun(store, 'run-1'));
}

async function planned(budget: Limits): Promise<MemoryStore> {
  const store = new MemoryStore();
  await plan(store, 'run-1', { change: { budget }, of: prompts(9), size: 3 });
  return store;
}

describe('what the endpoint counts itself', () => {
  test('is never more than the limit, and all work is done once the limit is raised, with no call made twice', async () => {
    const limits = fc.record(
      { calls: fc.integer({ min: 1, max: 90 }), tokens: fc.integer({ min: 1, max: 9_000 }) },
      { requiredKeys: [] },
    );
    const free = new Endpoint();
    await workOn(free.services(await planned({})), 'run-1', 3);
    await fc.assert(
      fc.asyncProperty(limits, async (budget) => {
        const store = await planned(budget);
        const endpoint = new Endpoint();

        await workUnder(store, endpoint);

        expect(callsAt(endpoint)).toBeLessThanOrEqual(budget.calls ?? Number.POSITIVE_INFINITY);
        expect(tokensAt(endpoint)).toBeLessThanOrEqual(budget.tokens ?? Number.POSITIVE_INFINITY);

        await raise(store, { calls: 100_000, tokens: 100_000_000 });
        expect(await workUnder(store, endpoint)).toBe(true);
        expect(endpoint.asked.toSorted()).toEqual(free.asked.toSorted());
      }),
      { numRuns: 30 },
    );
  }, 60_000);

  test('of calls is the limit exactly, where there is more to do', async () => {
    for (const calls of [1, 5, 12, 31]) {
      const endpoint = new Endpoint();

      expect(await workUnder(await planned({ calls }), endpoint)).toBe(false);

      expect(callsAt(endpoint)).toBe(calls);
    }
  });

  test('of one stage is held against the limit of that stage', async () => {
    const endpoint = new Endpoint();

    expect(await workUnder(await planned({ judging: { calls: 7 } }), endpoint)).toBe(false);

    expect([endpoint.student.requests.length, endpoint.teacher.requests.length]).toEqual([9, 7]);
  });
});

test('a part that the budget stops is not finished, and keeps what it has paid for', async () => {
  const store = await planned({ calls: 2 });

  await workUnder(store, new Endpoint());

  expect(store.objects.has(partOf('run-1', 'verdicts'))).toBe(false);
  expect([...store.objects.keys()].some((key) => key.includes('.calls/'))).toBe(true);
  expect(await findArtifact(store, keys.run('run-1'), runSchema)).toBeDefined();
});
