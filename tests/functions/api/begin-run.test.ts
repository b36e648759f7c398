import { beforeEach, describe, expect, test } from '@jest/globals';
import { keys } from '../../../core/artifact-keys.ts';
import { LoopBusy, ProviderOverloaded } from '../../../core/errors.ts';
import { seedFor } from '../../../core/random.ts';
import { type BeginServices, beginRun } from '../../../functions/begin-run.ts';
import { holdLoop } from '../../../functions/hold-loop.ts';
import { MemoryExecutions } from '../../fakes/memory-executions.ts';
import { MortalStore } from '../../fakes/mortal-store.ts';

let at: Date;
let store: MortalStore;
let executions: MemoryExecutions;
let services: BeginServices;
beforeEach(() => {
  at = new Date('2026-11-24T09:00:00Z');
  store = new MortalStore();
  executions = new MemoryExecutions(() => at);
  services = { store, executions, loop: 'desk', version: 'abcdef12', loopSeed: 5, now: () => at };
});

const stored = (key: string) => JSON.parse(store.objects.get(key) ?? 'null');
const later = (seconds: number) => {
  at = new Date(at.getTime() + 1000 * seconds);
};

describe('a run that begins', () => {
  test('is an execution under its name, which has the loop and is written down', async () => {
    const { execution, isNew } = await beginRun(services, { run: 'run-1' });

    const input = { run: 'run-1', loop: 'desk', version: 'abcdef12', seed: seedFor(5, 'run-1') };
    expect(isNew).toBe(true);
    expect(execution).toEqual({ name: 'run-1', arn: expect.stringContaining(':execution:'), input });
    expect(stored(keys.execution('run-1'))).toEqual(execution);
    expect(stored(keys.running('desk'))).toEqual({ run: 'run-1', execution: 'run-1', since: at.toISOString() });
    expect(executions.kept.get('run-1')?.view.input).toEqual(input);
  });

  test('draws responses of its own, unless it is told its seed', async () => {
    const seeds: unknown[] = [];
    for (const begun of [{ run: 'run-1' }, { run: 'run-2' }, { run: 'run-3', seed: 9 }]) {
      seeds.push((await beginRun(services, begun)).execution.input['seed']);
      executions.end(begun.run, 'ended');
    }

    expect(seeds[0]).not.toBe(seeds[1]);
    expect(seeds[2]).toBe(9);
  });

  test.each(['running', 'ended', 'failed', 'stopped'] as const)(
    'and is sent again when it is %s is the same run',
    async (status) => {
      const first = await beginRun(services, { run: 'run-1', seed: 3 });
      if (status !== 'running') executions.end('run-1', status);
      later(86_400);

      const again = await beginRun(services, { run: 'run-1', seed: 4, version: '00000000' });

      expect(again).toEqual({ execution: first.execution, isNew: false });
      expect([...executions.kept.keys()]).toEqual(['run-1']);
    },
  );

  test('and is sent again after Step Functions has forgotten it starts no second one', async () => {
    const first = await beginRun(services, { run: 'run-1' });
    executions.kept.clear();

    expect(await beginRun(services, { run: 'run-1' })).toEqual({ execution: first.execution, isNew: false });
    expect(executions.kept.size).toBe(0);
  });
});

describe('the loop', () => {
  test('is refused to a second run while the first one runs, by name', async () => {
    await beginRun(services, { run: 'run-1' });
    later(3600);

    const second = beginRun(services, { run: 'run-2' });

    await expect(second).rejects.toThrow(LoopBusy);
    await expect(second).rejects.toMatchObject({ run: 'run-1' });
    expect([...executions.kept.keys()]).toEqual(['run-1']);
    expect(stored(keys.execution('run-2'))).toBeNull();
  });

  test.each(['ended', 'failed', 'stopped'] as const)('is free once the run in it has %s', async (status) => {
    await beginRun(services, { run: 'run-1' });
    executions.end('run-1', status);

    await beginRun(services, { run: 'run-2' });

    expect(stored(keys.running('desk'))).toMatchObject({ run: 'run-2' });
  });

  test('waits 2 minutes for who said that it starts a run', async () => {
    store.objects.set(
      keys.running('desk'),
      JSON.stringify({ run: 'run-1', execution: 'run-1', since: at.toISOString() }),
    );
    later(119);

    await expect(beginRun(services, { run: 'run-2' })).rejects.toThrow(LoopBusy);
    later(2);

    expect(await beginRun(services, { run: 'run-2' })).toMatchObject({ isNew: true });
  });

  test('is kept for a run that is being redriven, while Step Functions still tells of it as failed', async () => {
    await beginRun(services, { run: 'run-1' });
    executions.end('run-1', 'failed');
    later(10);
    await holdLoop(services, 'run-1', 'run-1');

    await expect(beginRun(services, { run: 'run-2' })).rejects.toThrow(LoopBusy);
    later(121);

    expect(await beginRun(services, { run: 'run-2' })).toMatchObject({ isNew: true });
  });

  test('of ten that begin at the same time has one', async () => {
    const names = Array.from({ length: 10 }, (_, index) => `run-${index}`);

    const begun = await Promise.allSettled(names.map((run) => beginRun(services, { run })));

    const reasons = begun.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
    expect(executions.kept.size).toBe(1);
    expect(reasons).toHaveLength(9);
    for (const reason of reasons) expect(reason).toBeInstanceOf(LoopBusy);
  });

  test('of ten calls for the same run is started once', async () => {
    const calls = Array.from({ length: 10 }, () => beginRun(services, { run: 'run-1' }));

    const runs = await Promise.all(calls);

    expect(new Set(runs.map(({ execution }) => JSON.stringify(execution))).size).toBe(1);
    expect([...executions.kept.keys()]).toEqual(['run-1']);
  });

  test('of two calls for a run with different seeds both hear of the one that was started', async () => {
    const [one, other] = await Promise.all([
      beginRun(services, { run: 'run-1', seed: 1 }),
      beginRun(services, { run: 'run-1', seed: 2 }),
    ]);

    expect(one.execution).toEqual(other.execution);
    expect(stored(keys.execution('run-1'))).toEqual(one.execution);
  });
});

describe('who dies while it begins a run', () => {
  const whole = () => {
    expect([...executions.kept.keys()]).toEqual(['run-1']);
    expect(stored(keys.running('desk'))).toMatchObject({ run: 'run-1', execution: 'run-1' });
    expect(stored(keys.execution('run-1'))).toMatchObject({
      name: 'run-1',
      input: executions.kept.get('run-1')?.view.input,
    });
  };

  test.each([0, 1])('after %i writes leaves what a second call makes whole', async (lives) => {
    store.lives = lives;
    await expect(beginRun(services, { run: 'run-1', seed: 3 })).rejects.toThrow('The store is gone');
    store.lives = Number.POSITIVE_INFINITY;
    expect(stored(keys.execution('run-1'))).toBeNull();

    await beginRun(services, { run: 'run-1', seed: 3 });

    whole();
  });

  test('there are two writes, so that these are all', async () => {
    await beginRun(services, { run: 'run-1' });

    expect(store.writes).toBe(2);
  });

  test.each(['before', 'after'] as const)(
    '%s the execution is started leaves what a second call makes whole',
    async (when) => {
      const dying = Object.create(executions, {
        start: {
          value: async (...given: Parameters<MemoryExecutions['start']>) => {
            if (when === 'after') await executions.start(...given);
            throw new ProviderOverloaded('gone');
          },
        },
      }) as MemoryExecutions;
      await expect(beginRun({ ...services, executions: dying }, { run: 'run-1' })).rejects.toThrow('gone');

      later(600);
      await beginRun(services, { run: 'run-1' });

      whole();
    },
  );

  test('with the execution started is found by a second call, though another run has the loop since', async () => {
    store.lives = 1;
    await beginRun(services, { run: 'run-1' }).catch(() => undefined);
    store.lives = Number.POSITIVE_INFINITY;
    executions.end('run-1', 'ended');
    await beginRun(services, { run: 'run-2' });

    const again = await beginRun(services, { run: 'run-1' });

    expect(again.isNew).toBe(false);
    expect(stored(keys.execution('run-1'))).toEqual(again.execution);
    expect(stored(keys.running('desk'))).toMatchObject({ run: 'run-2' });
  });
});
