import { expect, test } from '@jest/globals';
import { keys } from '../../../core/artifact-keys.ts';
import { ledgerSchema } from '../../../core/budget.ts';
import type { Loop } from '../../../core/loop.ts';
import type { JobScript } from '../../fakes/scripted-trainer.ts';
import { LoopWorld } from './loop-world.ts';

const failed: JobScript = { phases: ['failed'] };
const succeeded: JobScript = { phases: ['succeeded'] };

/** Each job costs 4 dollars. */
function worldOf(jobs: readonly JobScript[], budget: Loop['budget']): LoopWorld {
  const { trainer, ...rest } = new LoopWorld().artifact(keys.stagedLoop('desk', 'v1')) as Loop;
  return new LoopWorld({ jobs, loop: { ...rest, trainer: { ...trainer!, usdPerJob: 4 }, budget } });
}

const inLedger = (world: LoopWorld) =>
  ledgerSchema.parse(world.artifact(keys.budget('run-1'))).parts['round-1/training']?.spent.usd;

test('two jobs are paid for where the first has ended in vain, and never pass the limit together', async () => {
  const world = worldOf([failed, succeeded], { training: { usd: 5 } });
  await world.run();

  expect(await world.run()).toEqual({ kind: 'ended', ending: 'budget-reached' });
  expect(world.trainer.requests).toHaveLength(1);
  expect([world.report().usageByStage.training?.usd, inLedger(world)]).toEqual([4, 4]);
});

test('with room for both the run goes on, and its report has the price of both', async () => {
  const world = worldOf([failed, succeeded], { training: { usd: 5 } });
  await world.run();
  await world.run();
  world.amend({ budget: { training: { usd: 8 } } });

  expect(await world.run()).toEqual({ kind: 'ended', ending: 'finished' });
  expect(world.trainer.requests).toHaveLength(2);
  expect([world.report().usageByStage.training?.usd, inLedger(world)]).toEqual([8, 8]);
});

test('a job that is found, as its creation got no answer, is paid for once', async () => {
  const world = worldOf([failed, { ...succeeded, answerLost: true }], { training: { usd: 8 } });
  await world.run();

  expect(await world.run()).toEqual({ kind: 'ended', ending: 'finished' });
  expect(world.trainer.requests).toHaveLength(2);
  expect([world.report().usageByStage.training?.usd, inLedger(world)]).toEqual([8, 8]);
});
