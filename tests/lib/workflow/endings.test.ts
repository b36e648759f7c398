import { describe, expect, test } from '@jest/globals';
import { keys } from '../../../core/artifact-keys.ts';
import { CredentialRefused, ProviderOverloaded, ProviderRejectedRequest } from '../../../core/errors.ts';
import { canaryFor } from '../../../core/judging/canaries.ts';
import { shownIn } from '../../core/judging/judging-fixture.ts';
import { LoopWorld } from './loop-world.ts';

const finished = { kind: 'ended', ending: 'finished' };

/** The first `times` calls that fit meet the error. */
function firstTimes<Call extends readonly unknown[]>(
  times: number,
  error: Error,
  fits: (...call: Call) => boolean = () => true,
) {
  let met = 0;
  return (...call: Call) => (fits(...call) && met++ < times ? error : undefined);
}

describe('a run that wants approval', () => {
  test('ends pending, before anything is uploaded', async () => {
    const world = new LoopWorld({ loop: { approval: 'before-training' } });

    expect(await world.run()).toEqual({ kind: 'ended', ending: 'approval-pending' });
    expect(world.trainer.uploads).toEqual([]);
    expect(world.report().ending.name).toBe('approval-pending');
  });

  test('goes on when it is resumed with a yes, and pays for nothing again', async () => {
    const world = new LoopWorld({ loop: { approval: 'before-training' } });
    await world.run();
    world.answerApproval(1, true);

    expect(await world.run()).toEqual(finished);
    expect(world.paidTwice()).toEqual([]);
  });

  test('ends refused when it is resumed with a no', async () => {
    const world = new LoopWorld({ loop: { approval: 'before-training' } });
    await world.run();
    world.answerApproval(1, false);

    expect(await world.run()).toEqual({ kind: 'ended', ending: 'approval-refused' });
    expect(world.trainer.requests).toEqual([]);
  });
});

describe('a run that wants approval before a promotion', () => {
  const loop = { approval: 'before-promotion' } as const;

  test('ends pending once the candidate has won, and nothing is promoted', async () => {
    const world = new LoopWorld({ loop });

    expect(await world.run()).toEqual({ kind: 'ended', ending: 'approval-pending' });
    expect(world.artifact(keys.decision('run-1', 1))).toMatchObject({ promote: true });
    expect(world.registry().history).toHaveLength(1);
    expect(world.artifact(keys.outcome('run-1', 1))).toBeNull();
  });

  test('promotes when it is resumed with a yes, and pays for nothing again', async () => {
    const world = new LoopWorld({ loop });
    await world.run();
    world.answerApproval(1, true, 'promotion');

    expect(await world.run()).toEqual(finished);
    expect(world.registry().history).toHaveLength(2);
    expect(world.paidTwice()).toEqual([]);
  });

  test('keeps the incumbent when it is resumed with a no, and ends there', async () => {
    const world = new LoopWorld({ loop: { ...loop, rounds: 2 } });
    await world.run();
    world.answerApproval(1, false, 'promotion');

    expect(await world.run()).toEqual({ kind: 'ended', ending: 'approval-refused' });
    expect(world.artifact(keys.outcome('run-1', 1))).toMatchObject({ promoted: false });
    expect(world.registry().history).toHaveLength(1);
    expect(world.states.filter((state) => state === 'Next round')).toEqual([]);
  });
});

describe('a budget', () => {
  // 12 calls sample, 36 judge, 36 evaluate.
  test.each([
    ['while sampling', 7],
    ['while judging', 30],
    ['when all is judged', 48],
    ['while evaluating', 60],
  ])('that is reached %s ends the run, keeps what was paid for, and is no obstacle once raised', async (_, calls) => {
    const world = new LoopWorld({ loop: { budget: { calls } } });

    expect(await world.run()).toEqual({ kind: 'ended', ending: 'budget-reached' });
    const paid = world.answered.length;
    expect(paid).toBe(calls);
    expect(world.report().usage.calls).toBe(paid);
    expect(world.report().ending.says).toContain(
      `budget of ${calls} calls (budget.calls) is reached: ${calls} are spent`,
    );
    expect(world.registry().history).toHaveLength(1);

    world.amend({ budget: { calls: 1000 } });
    expect(await world.run()).toEqual(finished);
    expect(world.paidTwice()).toEqual([]);
    expect(world.answered).toHaveLength(84);
  });

  test('in dollars has to have room for the whole training job, before it is created', async () => {
    const world = new LoopWorld({ loop: { budget: { usd: 0.4 } } });

    expect(await world.run()).toEqual({ kind: 'ended', ending: 'budget-reached' });
    expect(world.trainer.requests).toEqual([]);

    world.amend({ budget: { usd: 1 } });
    expect(await world.run()).toEqual(finished);
    expect(world.trainer.requests).toHaveLength(1);
    expect(world.paidTwice()).toEqual([]);
  });

  test('in dollars counts the training job', async () => {
    const spent = new LoopWorld({ loop: { approval: 'before-training' } });
    await spent.run();
    const world = new LoopWorld({ loop: { budget: { usd: spent.report().usage.usd + 0.5 } } });

    expect(await world.run()).toEqual({ kind: 'ended', ending: 'budget-reached' });
    expect(world.trainer.requests).toHaveLength(1);
    expect(world.states).toContain('Compare students');
    expect(world.report().usageByStage['evaluate-candidate']).toBeUndefined();
  });

  test('that is first set when the run is resumed counts what was spent before', async () => {
    const world = new LoopWorld({ loop: { approval: 'before-training' } });
    await world.run();
    expect(world.answered).toHaveLength(48);
    world.answerApproval(1, true);
    world.amend({ budget: { usd: world.report().usage.usd } });

    expect(await world.run()).toEqual({ kind: 'ended', ending: 'budget-reached' });
    expect(world.answered).toHaveLength(48);
    expect(world.trainer.requests).toEqual([]);
  });
});

describe('an endpoint that is overloaded', () => {
  test.each([
    ['while sampling', { student: firstTimes(3, new ProviderOverloaded('busy')) }],
    ['while judging', { teacher: firstTimes(3, new ProviderOverloaded('busy')) }],
    [
      'while evaluating',
      {
        student: firstTimes<readonly [{ readonly count: number }]>(
          3,
          new ProviderOverloaded('busy'),
          ({ count }) => count === 1,
        ),
      },
    ],
  ])('%s is waited for, and no recorded call is made again', async (_, script) => {
    const world = new LoopWorld(script);

    expect(await world.run()).toEqual(finished);
    expect(world.paidTwice()).toEqual([]);
    expect(world.answered).toHaveLength(84);
  });

  test('for good ends red under its own name', async () => {
    const world = new LoopWorld({ student: () => new ProviderOverloaded('busy') });

    expect(await world.run()).toEqual({ kind: 'failed', error: 'ProviderOverloaded', cause: 'busy' });
  });
});

describe('a failure inside a shard', () => {
  test('that no retry can help is not tried again', async () => {
    let asked = 0;
    const world = new LoopWorld({
      student: ({ prompt }) => {
        if (prompt.id !== 'train-3') return undefined;
        asked++;
        return new ProviderRejectedRequest('no such model');
      },
    });

    expect(await world.run()).toEqual({ kind: 'failed', error: 'ProviderRejectedRequest', cause: 'no such model' });
    expect(asked).toBe(1);
  });

  test('begins no shard that waits for its turn', async () => {
    let asked = 0;
    const world = new LoopWorld({
      loop: { shards: { prompts: 1, atOnce: 1 } },
      student: () => {
        asked++;
        return new ProviderRejectedRequest('no such model');
      },
    });

    await world.run();

    expect(asked).toBe(1);
  });

  test.each([
    ['Collect feedback', 4],
    ['Compare students', 1],
  ])('of %s keeps its own name at the top', async (state, count) => {
    const world = new LoopWorld({
      loop: { sampling: { responses: 4, temperature: 1, topP: 1, maxTokens: 64 } },
      student: (request) => (request.count === count ? new CredentialRefused('the key is wrong') : undefined),
    });

    expect(await world.run()).toEqual({ kind: 'failed', error: 'CredentialRefused', cause: 'the key is wrong' });
    expect(world.failure()).toMatchObject({ Error: 'CredentialRefused', Cause: 'the key is wrong' });
    expect(world.states).toContain(`${state}: record failure`);
    expect(world.report().ending.says).toBe('CredentialRefused: the key is wrong');
  });

  test('keeps the rows that were finished: resumed, the run asks for the rest only', async () => {
    const refused = firstTimes<readonly [unknown, unknown, number]>(
      1,
      new CredentialRefused('the key is wrong'),
      (_, __, call) => call === 5,
    );
    const world = new LoopWorld({ student: refused });
    await world.run();

    expect(await world.run()).toEqual(finished);
    expect(world.paidTwice()).toEqual([]);
    expect(world.store.objects.has(keys.failure('run-1'))).toBe(false);
  });
});

describe('a judge that falls for planted nonsense', () => {
  test('ends the round red, and nothing is trained on its verdicts', async () => {
    const nonsense = new Set(Array.from({ length: 64 }, (_, index) => canaryFor(`${index}`)));
    const world = new LoopWorld({
      loop: { judging: { critiques: false, minimumProbability: 0.9, canaryShare: 1 } },
      teacher: ({ messages }) => {
        const planted = shownIn(messages).find(({ text }) => nonsense.has(text));
        return planted && { json: { winner: planted.label } };
      },
    });

    expect(await world.run()).toMatchObject({ kind: 'failed', error: 'JudgeMissedCanaries' });
    expect(world.failure().Cause).toContain('12 of 12 times');
    expect(world.trainer.uploads).toEqual([]);
  });
});

describe('a report', () => {
  test('says that no one was promoted where the incumbent had moved, whatever the gate decided', async () => {
    const world = new LoopWorld();
    const handlers = world.handlers();
    const promote = handlers.get('promote-candidate');
    handlers.set('promote-candidate', async (event) => {
      world.store.objects.set(
        keys.registry('desk'),
        JSON.stringify({ ...world.registry(), incumbent: 'somebody-elses' }),
      );
      return promote?.(event);
    });

    expect(await world.run(handlers)).toMatchObject({ kind: 'failed', error: 'IncumbentMoved' });
    const { rounds, incumbent } = world.report();
    expect(rounds[0]).toMatchObject({ decision: { promote: true }, promoted: null });
    expect(incumbent.after.model).toBe('base');
  });

  test('is never of a promotion that the gate did not decide', async () => {
    const world = new LoopWorld({ worth: () => 0 });
    const handlers = world.handlers();
    const promote = handlers.get('promote-candidate');
    handlers.set('keep-incumbent', async (event) => promote?.(event));

    expect(await world.run(handlers)).toMatchObject({ kind: 'failed', error: 'StepContractBroken' });
    expect(world.registry().incumbent).toBe('base');
  });
});

describe('a training that never ends', () => {
  test('is cancelled after the hours that the loop allows, and the run says so', async () => {
    const world = new LoopWorld({ jobs: [{ phases: ['running'] }] });
    const handlers = world.handlers();
    const start = handlers.get('start-training');
    handlers.set('start-training', async (event) => {
      const answer = await start?.(event);
      const key = keys.training('run-1', 1);
      const training = JSON.parse(world.store.objects.get(key) ?? '{}');
      world.store.objects.set(key, JSON.stringify({ ...training, createdAt: '2026-11-22T09:00:00Z' }));
      return answer;
    });

    expect(await world.run(handlers)).toMatchObject({
      kind: 'failed',
      error: 'TrainingFailed',
      cause: expect.stringMatching(/had not ended after 24 hours/),
    });
    expect((await world.trainer.get('job-1')).phase).toBe('cancelled');
  });
});
