import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { z } from 'zod';
import { ProviderOverloaded, StepContractBroken } from '../../core/errors.ts';
import { defineStep, type Step } from '../../functions/define-step.ts';
import { MemoryStore } from '../fakes/memory-store.ts';
import { servicesOf } from './shard-fixture.ts';

const input = z.strictObject({ run: z.string(), round: z.int(), shard: z.int() });
const output = z.strictObject({ phase: z.enum(['ready']) });
const event = { run: 'run-1', round: 2, shard: 3 };

function handlerOf(run: Step<typeof input, typeof output>['run']) {
  return defineStep({ name: 'serve-candidate', input, output, run }, () => servicesOf(new MemoryStore()));
}

let lines: Record<string, unknown>[];
beforeEach(() => {
  lines = [];
  const hear = (line: unknown) => {
    lines.push(JSON.parse(String(line)));
    return true;
  };
  jest.spyOn(process.stdout, 'write').mockImplementation(hear);
  jest.spyOn(process.stderr, 'write').mockImplementation(hear);
});
afterEach(() => {
  jest.restoreAllMocks();
});

describe('a step', () => {
  test('gets what it was called with, and its answer is passed on', async () => {
    const handler = handlerOf(async (given) => {
      expect(given).toEqual(event);
      return { phase: 'ready' };
    });

    expect(await handler(event)).toEqual({ phase: 'ready' });
  });

  test.each([
    ['a field is missing', { run: 'run-1', round: 2 }],
    ['a field is too many', { ...event, loop: 'desk' }],
    ['nothing comes', undefined],
  ])('is not run where %s: the contract is broken', async (_, given) => {
    let ran = false;
    const handler = handlerOf(async () => {
      ran = true;
      return { phase: 'ready' };
    });

    const working = handler(given);

    await expect(working).rejects.toThrow(StepContractBroken);
    await expect(working).rejects.toThrow('serve-candidate was called with something that does not fit');
    expect(ran).toBe(false);
  });

  test('that answers something else breaks the contract', async () => {
    const working = handlerOf(async () => ({ phase: 'steady' as 'ready' }))(event);

    await expect(working).rejects.toThrow(StepContractBroken);
    await expect(working).rejects.toThrow('serve-candidate answered something that does not fit');
  });

  test('that throws rejects with its very own error', async () => {
    const error = new ProviderOverloaded('busy', { retryAfterSeconds: 7 });

    await expect(handlerOf(async () => Promise.reject(error))(event)).rejects.toBe(error);
  });

  test('is left to Lambda when its time is up: the answer is still its own', async () => {
    const handler = handlerOf(async () => {
      // Longer than the time that is left.
      await new Promise((resolve) => setTimeout(resolve, 5));
      return { phase: 'ready' };
    });

    expect(await handler(event, { getRemainingTimeInMillis: () => 0 })).toEqual({ phase: 'ready' });
  });

  test('whose services can not be made rejects at its first event, not at import', async () => {
    const step: Step<typeof input, typeof output> = { name: 's', input, output, run: async () => ({ phase: 'ready' }) };
    const handler = defineStep(step, () => {
      throw new ProviderOverloaded('no services');
    });

    await expect(handler(event)).rejects.toThrow('no services');
  });
});

describe('the log of a step', () => {
  test('says where it was when it is done', async () => {
    await handlerOf(async () => ({ phase: 'ready' }))(event);

    expect(lines).toEqual([
      expect.objectContaining({ ...event, service: 'serve-candidate', message: 'done', answer: { phase: 'ready' } }),
    ]);
  });

  test('says where it was and what happened when it fails', async () => {
    await handlerOf(async () => Promise.reject(new ProviderOverloaded('busy')))(event).catch(() => undefined);

    const error = expect.objectContaining({ name: 'ProviderOverloaded', message: 'busy' });
    expect(lines).toEqual([expect.objectContaining({ ...event, level: 'ERROR', message: 'failed', error })]);
  });

  test('keeps shards apart that are worked on in one process at once', async () => {
    const gates = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const handler = handlerOf(async ({ shard }) => {
      await gates[shard]?.promise;
      return { phase: 'ready' };
    });
    const working = gates.map((_, shard) => handler({ ...event, shard }));

    gates[0]?.resolve();
    await working[0];
    gates[1]?.resolve();
    await working[1];

    expect(lines.map(({ shard }) => shard)).toEqual([0, 1]);
  });
});
