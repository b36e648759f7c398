import { describe, expect, test } from '@jest/globals';
import { base, type Handlers, LoopWorld, type WorldScript } from './loop-world.ts';

const finished = { kind: 'ended', ending: 'finished' };
const script: WorldScript = { loop: { rounds: 2 } };

/** Everything in the store, after a run that nothing disturbed. */
const undisturbed = new LoopWorld(script);
const stepCalls: string[] = [];
await undisturbed.run(
  new Map(
    [...undisturbed.handlers()].map(([name, handler]) => [name, (event) => handler(event, stepCalls.push(name))]),
  ),
);

function expectTheSame(world: LoopWorld): void {
  expect(artifactsOf(world)).toEqual(artifactsOf(undisturbed));
  expect(world.answered.toSorted()).toEqual(undisturbed.answered.toSorted());
  expect(world.trainer.requests).toEqual(undisturbed.trainer.requests);
}

function artifactsOf({ store }: LoopWorld, { uploads = true } = {}): Record<string, string> {
  const objects = [...store.objects].filter(([key]) => uploads || !key.endsWith('/training.json'));
  return Object.fromEntries(objects.map(([key, body]) => [key, key.includes('/calls/') ? inAnyOrder(body) : body]));
}

/** Calls are kept in the order in which they were answered. */
function inAnyOrder(lines: string): string {
  return lines.split('\n').toSorted().join('\n');
}

describe('a crash at a step boundary changes nothing in the end, and no call or job is paid for twice', () => {
  const boundaries = stepCalls.map((name, call) => [name, call] as const);

  test.each(boundaries)('before %s, call %i', async (_, call) => {
    const world = new LoopWorld(script);

    expect(await world.run(dying(world.handlers(), call, 'before'))).toMatchObject({ kind: 'failed' });
    expect(await world.run()).toEqual(finished);
    expectTheSame(world);
  });

  // After one call is before the next, but for the shards that are under way at the same time: one call of each step will do.
  const firstOfEach = boundaries.filter(([name, call]) => stepCalls.indexOf(name) === call);

  test.each(firstOfEach)('when %s, call %i, had just done its work', async (_, call) => {
    const world = new LoopWorld(script);

    expect(await world.run(dying(world.handlers(), call, 'after'))).toMatchObject({ kind: 'failed' });
    expect(await world.run()).toEqual(finished);
    expectTheSame(world);
  });
});

describe('a crash within a step, at a write that is not made', () => {
  // One in eleven of all, spread over the steps of both rounds.
  const writes = Array.from({ length: Math.floor(undisturbed.store.writes / 11) }, (_, index) => 11 * index + 3);

  test.each(writes)('after write %i, changes nothing in the end but the names of uploads', async (lives) => {
    const world = new LoopWorld(script);
    world.store.lives = lives;
    expect(await world.run()).toMatchObject({ kind: 'failed', error: 'StoreUnavailable' });

    world.store.lives = Number.POSITIVE_INFINITY;
    expect(await world.run()).toEqual(finished);
    expect(artifactsOf(world, { uploads: false })).toEqual(artifactsOf(undisturbed, { uploads: false }));
    expect(world.trainer.requests.map(({ key }) => key)).toEqual(['run-1/round-1', 'run-1/round-2']);
  });
});

describe('the stop signal', () => {
  test.each([3, 20, 40])('in the middle of a shard, at call %i, keeps what was paid for', async (stopAt) => {
    const world: LoopWorld = new LoopWorld({
      ...script,
      student: (_, __, call) => {
        if (call === stopAt) world.stop.abort(new Error('stopped by a signal'));
        return undefined;
      },
    });

    expect(await world.run()).toEqual({ kind: 'stopped' });
    expect([...world.store.objects.keys()].filter((key) => key.includes('.calls/'))).not.toEqual([]);

    world.stop = new AbortController();
    expect(await world.run()).toEqual(finished);
    expectTheSame(world);
  });

  test('begins nothing new, not even shards that wait for their turn', async () => {
    const world: LoopWorld = new LoopWorld({
      loop: { shards: { prompts: 2, atOnce: 2 } },
      student: () => {
        world.stop.abort(new Error('stopped by a signal'));
        return undefined;
      },
    });

    expect(await world.run()).toEqual({ kind: 'stopped' });
    expect(world.sampledFrom('train-0')).toEqual([base]);
    expect(world.answered.length).toBeLessThanOrEqual(2);
  });

  test('that came before the run began starts nothing', async () => {
    const world = new LoopWorld();
    world.stop.abort(new Error('stopped by a signal'));

    expect(await world.run()).toEqual({ kind: 'stopped' });
    expect(world.states).toEqual([]);
  });
});

/** The whole process dies before or after one call of a step: no later call does anything. */
function dying(handlers: Handlers, fatal: number, when: 'before' | 'after'): Handlers {
  let calls = 0;
  return new Map(
    [...handlers].map(([name, handler]) => [
      name,
      async (event) => {
        const call = calls++;
        const answer = call < fatal || (call === fatal && when === 'after') ? await handler(event) : undefined;
        if (call >= fatal) throw new Error('the process died');
        return answer;
      },
    ]),
  );
}
