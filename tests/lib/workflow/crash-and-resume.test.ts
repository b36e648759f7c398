import { describe, expect, test } from '@jest/globals';
import { base, type Handlers, LoopWorld, type WorldScript } from './loop-world.ts';

const finished = { kind: 'ended', ending: 'finished' };
const script: WorldScript = { loop: { rounds: 2, shards: { prompts: 6, atOnce: 2, callsAtOnce: 4 } } };

/** Everything in the store, after a run that nothing disturbed. */
const undisturbed = new LoopWorld(script);
const stepCalls: string[] = [];
await undisturbed.run(
  new Map(
    [...undisturbed.handlers()].map(([name, handler]) => [name, (event) => handler(event, stepCalls.push(name))]),
  ),
);

function expectTheSame(world: LoopWorld): void {
  expect(Object.fromEntries(world.store.objects)).toEqual(Object.fromEntries(undisturbed.store.objects));
  expect(world.answered.toSorted()).toEqual(undisturbed.answered.toSorted());
  expect(world.trainer.requests).toEqual(undisturbed.trainer.requests);
}

describe('a crash at a step boundary changes nothing in the end, and no call or job is paid for twice', () => {
  const boundaries = stepCalls.map((name, call) => [name, call] as const);

  test.each(boundaries)('before %s, call %i, and the whole process with it', async (_, call) => {
    const world = new LoopWorld(script);
    const broken = await world.run(dyingBefore(world.handlers(), call));

    expect(broken).toMatchObject({ kind: 'failed' });
    expect(await world.run()).toEqual(finished);
    expectTheSame(world);
  });

  test.each(boundaries)('after %s, call %i, had done its work, and was recorded', async (name, call) => {
    const world = new LoopWorld(script);
    const broken = await world.run(failingAfter(world.handlers(), call));

    expect(broken).toMatchObject({ kind: 'failed', error: 'Error', cause: `crashed in ${name}` });
    expect(await world.run()).toEqual(finished);
    expectTheSame(world);
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
    const checkpoints = [...world.store.objects.keys()].filter((key) => key.includes('.checkpoint/'));
    expect(checkpoints.length).toBeGreaterThan(0);

    world.stop = new AbortController();
    expect(await world.run()).toEqual(finished);
    expectTheSame(world);
  });

  test('begins nothing new, not even shards that wait for their turn', async () => {
    const world: LoopWorld = new LoopWorld({
      loop: { shards: { prompts: 2, atOnce: 2, callsAtOnce: 1 } },
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

/** The call and every one after it fail: nothing is written any more. */
function dyingBefore(handlers: Handlers, fatal: number): Handlers {
  let calls = 0;
  return new Map(
    [...handlers].map(([name, handler]) => [
      name,
      async (event) => {
        if (calls++ >= fatal) throw new Error('crashed');
        return handler(event);
      },
    ]),
  );
}

function failingAfter(handlers: Handlers, fatal: number): Handlers {
  let calls = 0;
  return new Map(
    [...handlers].map(([name, handler]) => [
      name,
      async (event) => {
        const call = calls++;
        const answer = await handler(event);
        if (call === fatal) throw new Error(`crashed in ${name}`);
        return answer;
      },
    ]),
  );
}
