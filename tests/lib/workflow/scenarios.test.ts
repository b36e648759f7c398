import { describe, expect, test } from '@jest/globals';
import { keys } from '../../../core/artifact-keys.ts';
import { withRollback } from '../../../core/registry.ts';
import { base, LoopWorld, marker, trained } from './loop-world.ts';

const finished = { kind: 'ended', ending: 'finished' };
const count = (items: readonly string[], wanted: string) => items.filter((item) => item === wanted).length;

describe('a round of two', () => {
  test('that wins is promoted, and the next round starts from it', async () => {
    const world = new LoopWorld({ loop: { rounds: 2 } });

    expect(await world.run()).toEqual(finished);
    expect(world.registry().incumbent).toBe(trained(2));
    expect(world.registry().history.map(({ model, how }) => [model, how])).toEqual([
      [base, 'base'],
      [trained(1), 'promotion'],
      [trained(2), 'promotion'],
    ]);
    expect(world.trainer.requests.map(({ baseModel }) => baseModel)).toEqual([base, trained(1)]);
    expect(world.sampledFrom('train-0')).toEqual([base, trained(1)]);
    expect(world.serving.destroyed).toEqual([]);
    expect(world.report().incumbent.after.model).toBe(trained(2));
  });

  test('that loses is kept out, its deployment is destroyed, and the next round starts from the incumbent', async () => {
    const world = new LoopWorld({ loop: { rounds: 2 }, worth: (model) => (model === base ? 0 : -10) });

    expect(await world.run()).toEqual(finished);
    expect(world.registry().history).toHaveLength(1);
    expect(world.serving.destroyed).toEqual(['deployment of run-1/round-1', 'deployment of run-1/round-2']);
    expect(world.trainer.requests.map(({ baseModel }) => baseModel)).toEqual([base, base]);
    expect(world.report().rounds.map(({ decision }) => decision?.promote)).toEqual([false, false]);
    expect(world.report().rounds[0]?.evaluation).toMatchObject({ wins: 0, losses: 12 });
  });

  test('that ties everywhere keeps the incumbent', async () => {
    const world = new LoopWorld({ worth: () => 0 });

    expect(await world.run()).toEqual(finished);
    expect(world.registry().incumbent).toBe(base);
    expect(world.report().rounds[0]?.evaluation).toMatchObject({ ties: 12, winRate: 0.5 });
  });

  test('with too few pairs has nothing to learn, and uploads nothing', async () => {
    const world = new LoopWorld({ teacher: () => ({ json: { winner: 'tie' } }) });

    expect(await world.run()).toEqual({ kind: 'ended', ending: 'nothing-to-learn' });
    expect(world.report().rounds[0]?.labels).toMatchObject({ pairs: 0, noPair: { tie: 12 } });
    expect(world.trainer.uploads).toEqual([]);
    expect(world.states).not.toContain('Start training');
  });

  test('leaves no checkpoints, and pays for no call twice', async () => {
    const world = new LoopWorld({ loop: { rounds: 2 } });

    await world.run();

    expect([...world.store.objects.keys()].filter((key) => key.includes('.checkpoint/'))).toEqual([]);
    expect(world.paidTwice()).toEqual([]);
    expect(world.report().usage.calls).toBe(world.answered.length);
  });
});

describe('training', () => {
  test('that takes several looks is waited for, with a status that nobody knows in between', async () => {
    const phases = ['pending', 'running', 'unknown', 'running', 'succeeded'] as const;
    const world = new LoopWorld({ jobs: [{ phases }] });

    expect(await world.run()).toEqual(finished);
    expect(count(world.states, 'Check training')).toBe(5);
    expect(count(world.states, 'Wait for training')).toBe(5);
  });

  test('that fails ends red under its own name, with a report', async () => {
    const world = new LoopWorld({ jobs: [{ phases: ['running', 'failed'], message: 'the loss is not a number' }] });

    const end = await world.run();

    expect(end).toMatchObject({ kind: 'failed', error: 'TrainingFailed' });
    expect(world.failure()).toMatchObject({ Error: 'TrainingFailed', Cause: expect.stringContaining('not a number') });
    expect(world.report().ending).toEqual({ name: 'failed', says: expect.stringContaining('TrainingFailed') });
    expect(world.registry().incumbent).toBe(base);
  });

  test('that failed is begun anew by a resumed run, which pays for nothing else again', async () => {
    const world = new LoopWorld({ jobs: [{ phases: ['failed'] }, { phases: ['succeeded'] }] });
    await world.run();

    expect(await world.run()).toEqual(finished);
    expect(world.trainer.requests).toHaveLength(2);
    expect(world.trainer.uploads).toHaveLength(1);
    expect(world.paidTwice()).toEqual([]);
    expect(world.store.objects.has(keys.failure('run-1'))).toBe(false);
  });

  test('whose creation got no answer is found, not created again', async () => {
    const world = new LoopWorld({ jobs: [{ phases: ['succeeded'], answerLost: true }] });

    expect(await world.run()).toEqual(finished);
    expect(world.trainer.requests).toHaveLength(1);
  });
});

describe('serving', () => {
  test('that takes its time is waited for', async () => {
    const world = new LoopWorld({ serving: [['pending', 'pending', 'ready']] });

    expect(await world.run()).toEqual(finished);
    expect(count(world.states, 'Check serving')).toBe(2);
    expect(world.serving.deployed).toHaveLength(1);
  });

  test.each([[['failed']], [['pending', 'failed']]] as const)('that goes %j ends red', async (phases) => {
    const world = new LoopWorld({ serving: [phases] });

    expect(await world.run()).toMatchObject({ kind: 'failed', error: 'ServingFailed' });
    expect(world.states).not.toContain('Compare students');
  });
});

describe('promotion', () => {
  test('gives way to somebody who rolled back in between', async () => {
    const world = new LoopWorld({ loop: { rounds: 2 } });
    const handlers = world.handlers();
    const decide = handlers.get('decide-promotion')!;
    handlers.set('decide-promotion', async (event) => {
      const answer = await decide(event);
      if ((event as { round: number }).round === 2) {
        const moved = withRollback(world.registry(), { at: 'now', reason: 'it was rude' });
        world.store.objects.set(keys.registry('desk'), JSON.stringify(moved));
      }
      return answer;
    });

    expect(await world.run(handlers)).toMatchObject({ kind: 'failed', error: 'IncumbentMoved' });
    expect(world.registry().incumbent).toBe(base);
    expect(world.registry().history.map(({ how }) => how)).toEqual(['base', 'promotion', 'rollback']);
  });
});

describe('state documents', () => {
  test('hold no prompt and no response, and stay small', async () => {
    const world = new LoopWorld({ loop: { rounds: 2, approval: 'before-training' }, serving: [['pending', 'ready']] });
    await world.run();
    world.answerApproval(1, true);
    await world.run();
    const failing = new LoopWorld({ jobs: [{ phases: ['failed'] }] });
    await failing.run();

    const documents = [...world.documents, ...failing.documents];
    expect(documents.length).toBeGreaterThan(100);
    expect(documents.filter((document) => document.includes(marker))).toEqual([]);
    expect(Math.max(...documents.map(({ length }) => length))).toBeLessThan(2_000);
    expect([...world.store.objects.values()].join('')).toContain(marker);
  });
});
