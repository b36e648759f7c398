import { setImmediate } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { keys } from '../../core/artifact-keys.ts';
import { amountOf, ledgerSchema } from '../../core/budget.ts';
import { InvalidInput } from '../../core/errors.ts';
import type { Loop } from '../../core/loop.ts';
import type { WriteCondition } from '../../core/ports.ts';
import { newRegistry, withBase } from '../../core/registry.ts';
import { noUsage } from '../../core/usage.ts';
import { readArtifact, readRun, writeArtifact } from '../../functions/artifacts.ts';
import { planRun } from '../../functions/plan-run/handler.ts';
import { MemoryStore } from '../fakes/memory-store.ts';
import { prompts, runOf, servicesOf } from './shard-fixture.ts';

/** A store that takes its time over a write, as every real one does. */
class SlowStore extends MemoryStore {
  override async write(key: string, body: string | AsyncIterable<string>, condition?: WriteCondition) {
    await setImmediate();
    return super.write(key, body, condition);
  }
}

async function stage(store: MemoryStore, version: string, change: Partial<Loop> = {}): Promise<void> {
  const lines = prompts(3).map((prompt) => JSON.stringify(prompt));
  await writeArtifact(store, keys.stagedLoop('desk', version), { ...runOf().loop, ...change });
  await store.write(keys.stagedPrompts('desk', version, 'train'), lines.join('\n'));
  await store.write(keys.stagedPrompts('desk', version, 'held-out'), lines.join('\n'));
}

function plan(store: MemoryStore, version = 'v1', now = '2026-11-24T09:00:00Z') {
  const services = servicesOf(store, { now: () => new Date(now) });
  return planRun.run({ run: 'run-1', loop: 'desk', version, seed: 1 }, services);
}

describe('a run that two plan at the same time', () => {
  test('has the plan that was written first, for both', async () => {
    const store = new SlowStore();
    await stage(store, 'v1');
    const written: string[] = [];
    const write = store.write.bind(store);
    store.write = async (key, body, condition) => {
      const done = await write(key, body, condition);
      if (key === keys.run('run-1')) written.push(String(body));
      return done;
    };

    const [one, other] = await Promise.all([plan(store), plan(store, 'v1', '2026-11-24T09:00:01Z')]);

    expect(one).toEqual(other);
    expect(written).toEqual([store.objects.get(keys.run('run-1'))]);
  });

  test('is refused to the one that wants other settings', async () => {
    const store = new SlowStore();
    await stage(store, 'v1');
    await stage(store, 'v2', { seed: 2 });

    const [one, other] = await Promise.allSettled([plan(store, 'v1'), plan(store, 'v2')]);

    expect([one.status, other.status].toSorted()).toEqual(['fulfilled', 'rejected']);
  });
});

describe('a run that is planned already', () => {
  test('keeps its plan', async () => {
    const store = new MemoryStore();
    await stage(store, 'v1');
    await plan(store);
    const before = store.objects.get(keys.run('run-1'));

    await plan(store, 'v1', '2026-11-25T09:00:00Z');

    expect(store.objects.get(keys.run('run-1'))).toBe(before);
  });

  test('is refused with another version, and both are named', async () => {
    const store = new MemoryStore();
    await stage(store, 'v1');
    await stage(store, 'v2', { seed: 2 });
    await plan(store, 'v1');

    await expect(plan(store, 'v2')).rejects.toThrow(InvalidInput);
    await expect(plan(store, 'v2')).rejects.toThrow(
      'The run run-1 is not usable:\n  - it was begun with version v1 of the loop desk and seed 1, not with version v2 of desk and seed 1',
    );
  });

  test('is refused with another loop, and both are named', async () => {
    const store = new MemoryStore();
    await stage(store, 'v1');
    await plan(store, 'v1');

    const asked = planRun.run({ run: 'run-1', loop: 'shop', version: 'v1', seed: 1 }, servicesOf(store));

    await expect(asked).rejects.toThrow('of the loop desk and seed 1, not with version v1 of shop and seed 1');
  });

  test('and gets a limit on the way, owes what it has spent', async () => {
    const store = new MemoryStore();
    await stage(store, 'v1');
    await plan(store);
    const usage = { ...noUsage, calls: 7 };
    await writeArtifact(store, keys.summary('run-1', 1, 'responses', 0), { rows: 3, usage });
    const run = await readRun(store, 'run-1');
    await writeArtifact(store, keys.run('run-1'), { ...run, loop: { ...run.loop, budget: { calls: 10 } } });

    await plan(store);

    expect((await readArtifact(store, keys.budget('run-1'), ledgerSchema)).parts).toEqual({
      'round-1/responses/0': { stage: 'sampling', spent: usage, setAside: amountOf(usage) },
    });
  });
});

describe('the time for an approval', () => {
  test.each([
    [7, 604_800],
    [0.00001, 60],
  ])('of %d days is %d s: never so short that Step Functions refuses it', async (approvalDays, approvalSeconds) => {
    const store = new MemoryStore();
    await stage(store, 'v1', { approvalDays });

    expect(await plan(store)).toMatchObject({ approvalSeconds });
  });
});

describe('a loop whose base student is another one', () => {
  test('is not planned, and the message says how to start from it', async () => {
    const store = new MemoryStore();
    await stage(store, 'v1');
    await writeArtifact(store, keys.registry('desk'), newRegistry('desk', 'older', 'at first'));

    await expect(plan(store)).rejects.toThrow(
      'student.model is base, but its students so far come from older; start from base with --fresh',
    );
    expect(store.objects.has(keys.run('run-1'))).toBe(false);
  });

  test('is planned once it was started from it', async () => {
    const store = new MemoryStore();
    await stage(store, 'v1');
    const older = newRegistry('desk', 'older', 'at first');
    await writeArtifact(store, keys.registry('desk'), withBase(older, { model: 'base', at: 'now', reason: 'fresh' }));

    await plan(store);

    expect((await readRun(store, 'run-1')).incumbent).toBe('base');
  });
});
