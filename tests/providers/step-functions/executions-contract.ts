import { beforeEach, describe, expect, test } from '@jest/globals';
import { InvalidInput } from '../../../core/errors.ts';
import type { Executions } from '../../../core/ports.ts';

/** What a test says of executions: nothing moves by itself. */
export interface Script {
  enter(name: string, state: string): void;
  fail(name: string): void;
  failAndRecover(name: string): void;
  end(name: string, status: 'ended' | 'failed' | 'stopped', told?: { error?: string; cause?: string }): void;
  wait(name: string): string;
  expire(taskToken: string): void;
}

/** What every implementation of Executions must do. `make` gives one without executions each time. */
export function executionsContract(
  name: string,
  make: () => Promise<{ readonly executions: Executions; readonly script: Script }>,
): void {
  describe(`${name} keeps the contract of executions`, () => {
    let executions: Executions;
    let script: Script;
    beforeEach(async () => {
      ({ executions, script } = await make());
    });
    const input = { run: 'run-1', seed: 7 };

    test('one that was started is told of, with its input', async () => {
      const { arn, isThere } = await executions.start('run-1', input);

      expect(isThere).toBe(false);
      expect(await executions.describe('run-1')).toEqual({
        name: 'run-1',
        arn,
        input,
        status: 'running',
        startedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
        stoppedAt: undefined,
        error: undefined,
        cause: undefined,
      });
    });

    test('started again with the same input it is the same one', async () => {
      const first = await executions.start('run-1', input);

      expect(await executions.start('run-1', input)).toEqual({ arn: first.arn, isThere: false });
    });

    test('started with another input, or when it is over, it stays as it was', async () => {
      const { arn } = await executions.start('run-1', input);

      expect(await executions.start('run-1', { ...input, seed: 8 })).toEqual({ arn, isThere: true });
      script.end('run-1', 'ended');

      expect(await executions.start('run-1', input)).toEqual({ arn, isThere: true });
      expect(await executions.describe('run-1')).toMatchObject({ status: 'ended', input });
    });

    test('of one that was never started nothing is known', async () => {
      expect(await executions.describe('run-1')).toBeUndefined();
      expect(await executions.latestState('run-1')).toBeUndefined();
      expect(await executions.failedState('run-1', [])).toBeUndefined();
      expect(await executions.redrive('run-1')).toBe(false);
      await executions.stop('run-1', 'why not');
    });

    test('the state that was entered last is told, however much happened before', async () => {
      await executions.start('run-1', input);
      for (let turn = 0; turn < 60; turn++) script.enter('run-1', turn % 2 ? 'Check training' : 'Wait for training');
      script.enter('run-1', 'Serve candidate');

      expect(await executions.latestState('run-1')).toBe('Serve candidate');
      expect(await executions.failedState('run-1', [])).toBeUndefined();
    });

    test('the state that failed is told, not one that recovered, nor one that only says so', async () => {
      await executions.start('run-1', input);
      script.enter('run-1', 'Plan run');
      script.failAndRecover('run-1');
      script.enter('run-1', 'Start training');
      script.fail('run-1');
      script.enter('run-1', 'Record failure');
      script.failAndRecover('run-1');
      script.enter('run-1', 'Fail run');
      script.fail('run-1');
      script.end('run-1', 'failed', { error: 'TrainingFailed', cause: 'no more room' });

      expect(await executions.failedState('run-1', ['Fail run'])).toBe('Start training');
      expect(await executions.failedState('run-1', [])).toBe('Fail run');
      expect(await executions.describe('run-1')).toMatchObject({
        status: 'failed',
        stoppedAt: expect.any(String),
        error: 'TrainingFailed',
        cause: 'no more room',
      });
    });

    test('one that is stopped says why, and stopping it again changes nothing', async () => {
      await executions.start('run-1', input);

      await executions.stop('run-1', 'too dear');
      const stopped = await executions.describe('run-1');
      await executions.stop('run-1', 'once more');

      expect(stopped).toMatchObject({ status: 'stopped', cause: 'too dear', stoppedAt: expect.any(String) });
      expect(await executions.describe('run-1')).toEqual(stopped);
    });

    test('one that came to its end is not stopped', async () => {
      await executions.start('run-1', input);
      script.end('run-1', 'ended');

      await executions.stop('run-1', 'too late');

      expect(await executions.describe('run-1')).toMatchObject({ status: 'ended' });
    });

    test.each(['failed', 'stopped'] as const)('one that %s can go on under its name', async (status) => {
      await executions.start('run-1', input);
      script.end('run-1', status);

      expect(await executions.redrive('run-1')).toBe(true);
      expect(await executions.describe('run-1')).toMatchObject({ status: 'running', stoppedAt: undefined });
    });

    test('one that runs goes on already, and one that came to its end is not redriven', async () => {
      await executions.start('run-1', input);

      expect(await executions.redrive('run-1')).toBe(true);
      script.end('run-1', 'ended');

      expect(await executions.redrive('run-1')).toBe(false);
    });

    test('all are listed once, page by page, the latest first', async () => {
      const names = ['run-1', 'run-2', 'run-3', 'run-4', 'run-5'];
      for (const each of names) await executions.start(each, { run: each });
      script.end('run-2', 'failed');

      const listed: string[] = [];
      let next: string | undefined;
      do {
        const page = await executions.list({ limit: 2, next });
        expect(page.executions.length).toBeLessThanOrEqual(2);
        listed.push(...page.executions.map(({ name, status }) => `${name} ${status}`));
        next = page.next;
      } while (next !== undefined);

      expect(listed).toEqual(['run-5 running', 'run-4 running', 'run-3 running', 'run-2 failed', 'run-1 running']);
    });

    test('a page that no page has told of is refused', async () => {
      await expect(executions.list({ limit: 2, next: 'made up' })).rejects.toThrow(InvalidInput);
    });

    test.each([{ approved: true } as const, { approved: false, cause: 'not now' } as const])(
      'who waits for a person is answered once: %p',
      async (answer) => {
        await executions.start('run-1', input);
        const taskToken = script.wait('run-1');

        expect(await executions.answer(taskToken, answer)).toBe(true);
        expect(await executions.answer(taskToken, answer)).toBe(false);
      },
    );

    test('who has waited in vain hears nothing any more', async () => {
      await executions.start('run-1', input);
      const taskToken = script.wait('run-1');
      script.expire(taskToken);

      expect(await executions.answer(taskToken, { approved: true })).toBe(false);
      expect(await executions.answer('made up', { approved: true })).toBe(false);
    });
  });
}
