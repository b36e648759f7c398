import { describe, expect, test } from '@jest/globals';
import { ProviderOverloaded, ProviderRejectedRequest } from '../../core/errors.ts';
import type { JobPhase, Trainer, TrainingRecord, TrainingRequest } from '../../core/ports.ts';

/** What the jobs of an endpoint do, in the order in which they are created. */
export interface JobPlan {
  readonly phases: readonly ('pending' | 'running' | 'succeeded' | 'failed')[];
  readonly answerLost?: boolean;
}

export const trainingRequest: TrainingRequest = {
  key: 'r1/round-1',
  baseModel: 'base-1',
  method: 'dpo',
  trainFile: 'file-1',
  validationFile: undefined,
  hyperparameters: { n_epochs: 2, beta: 0.1, batch_size: 'auto' },
  grader: undefined,
  seed: 7,
  suffix: 'ratchet-r1',
};

export async function* pairs(count: number): AsyncIterable<TrainingRecord> {
  for (let n = 0; n < count; n++) {
    yield { kind: 'pair', messages: [{ role: 'user', content: `q${n}` }], chosen: `good ${n}`, rejected: `bad ${n}` };
  }
}

/** What every trainer must do, whoever provides it. `jobsCreated` counts at the endpoint, not in the client. */
export function trainerContract(
  name: string,
  makeWorld: (...plans: readonly JobPlan[]) => { readonly trainer: Trainer; jobsCreated(): number },
): void {
  describe(`${name} keeps the contract of a trainer`, () => {
    test('uploading twice is harmless', async () => {
      const { trainer } = makeWorld();

      const first = await trainer.upload('train', pairs(3));
      const second = await trainer.upload('train', pairs(3));

      expect(first.file).not.toBe('');
      expect(second.file).not.toBe('');
    });

    test('a job is found by its key, and by no other', async () => {
      const { trainer } = makeWorld({ phases: ['pending'] });

      expect(await trainer.findByKey('r1/round-1', 'file-1')).toBeUndefined();
      const { job } = await trainer.create(trainingRequest);

      expect(await trainer.findByKey('r1/round-1', 'file-1')).toEqual({ job });
      expect(await trainer.findByKey('r1/round-10', 'file-2')).toBeUndefined();
    });

    test('a job of the same key on another file is not found: it is of another store that shares the account', async () => {
      const { trainer } = makeWorld({ phases: ['running'] }, { phases: ['pending'] });
      await trainer.create({ ...trainingRequest, trainFile: 'file-9' });

      expect(await trainer.findByKey('r1/round-1', 'file-1')).toBeUndefined();
      const own = await trainer.create(trainingRequest);

      expect(await trainer.findByKey('r1/round-1', 'file-1')).toEqual(own);
    });

    test.each(['running', 'succeeded'] as const)('a job that is %s is found', async (phase) => {
      const { trainer } = makeWorld({ phases: [phase] });
      const { job } = await trainer.create(trainingRequest);

      expect(await trainer.findByKey('r1/round-1', 'file-1')).toEqual({ job });
    });

    test('a failed job is not found, so that another can be made', async () => {
      const { trainer } = makeWorld({ phases: ['failed'] }, { phases: ['pending'] });
      await trainer.create(trainingRequest);

      expect(await trainer.findByKey('r1/round-1', 'file-1')).toBeUndefined();
      const second = await trainer.create(trainingRequest);

      expect(await trainer.findByKey('r1/round-1', 'file-1')).toEqual(second);
    });

    test('a job whose answer was lost is found: one create makes one job', async () => {
      const world = makeWorld({ phases: ['pending'], answerLost: true });

      await expect(world.trainer.create(trainingRequest)).rejects.toThrow(ProviderOverloaded);

      expect(world.jobsCreated()).toBe(1);
      const found = await world.trainer.findByKey('r1/round-1', 'file-1');
      expect(await world.trainer.get(found!.job)).toMatchObject({ job: found!.job, phase: 'pending' });
    });

    test('a job is followed to its model', async () => {
      const { trainer } = makeWorld({ phases: ['pending', 'running', 'succeeded'] });
      const { job } = await trainer.create(trainingRequest);

      const phases: JobPhase[] = [];
      for (let look = 0; look < 3; look++) phases.push((await trainer.get(job)).phase);

      expect(phases).toEqual(['pending', 'running', 'succeeded']);
      expect((await trainer.get(job)).artifact).toMatch(/base-1/);
    });

    test('a job that failed names no model', async () => {
      const { trainer } = makeWorld({ phases: ['failed'] });
      const { job } = await trainer.create(trainingRequest);

      const view = await trainer.get(job);

      expect(view.phase).toBe('failed');
      expect(view.artifact).toBeUndefined();
    });

    test('cancelling ends a job; cancelling again is fine', async () => {
      const { trainer } = makeWorld({ phases: ['running', 'running'] });
      const { job } = await trainer.create(trainingRequest);

      await trainer.cancel(job);
      await trainer.cancel(job);

      expect(await trainer.get(job)).toMatchObject({ phase: 'cancelled' });
      expect(await trainer.findByKey('r1/round-1', 'file-1')).toBeUndefined();
    });

    test('a job that is not there is a refused request', async () => {
      const { trainer } = makeWorld();

      await expect(trainer.get('job-9')).rejects.toThrow(ProviderRejectedRequest);
      await expect(trainer.cancel('job-9')).rejects.toThrow(ProviderRejectedRequest);
    });
  });
}
