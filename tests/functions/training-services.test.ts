import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, expect, jest, test } from '@jest/globals';
import { ProviderOverloaded } from '../../core/errors.ts';
import type { Trainer, TrainingRecord } from '../../core/ports.ts';
import { trainingServices } from '../../functions/training-services.ts';
import { stepNeeds } from '../../lib/step-needs.ts';
import { MemoryStore } from '../fakes/memory-store.ts';
import { runOf } from './shard-fixture.ts';

/** Hears every request, and answers none. */
const silent = createServer();
let trainer: Trainer;
beforeAll(async () => {
  silent.listen(0, '127.0.0.1');
  await once(silent, 'listening');
});
beforeEach(() => {
  const { port } = silent.address() as AddressInfo;
  const { loop } = runOf();
  const { trainer: trainerOf } = trainingServices({ store: new MemoryStore(), environment: {} });
  trainer = trainerOf({ ...loop, trainer: { ...loop.trainer!, endpoint: `http://127.0.0.1:${port}/v1` } });
  jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
});
afterEach(() => {
  jest.useRealTimers();
});
afterAll(() => {
  silent.closeAllConnections();
  silent.close();
});

async function* onePair(): AsyncIterable<TrainingRecord> {
  yield { kind: 'pair', messages: [{ role: 'user', content: 'Well?' }], chosen: 'Yes.', rejected: 'No.' };
}

test.each([
  { step: 'check-training', call: 'a look', seconds: 60, ask: () => trainer.get('job-1') },
  { step: 'start-training', call: 'an upload', seconds: 300, ask: () => trainer.upload('train', onePair()) },
])('$call is given up after $seconds s, while the function of $step lives', async ({ step, seconds, ask }) => {
  const heard = once(silent, 'request');
  let error: unknown;
  const asking = Promise.resolve(ask()).catch((reason: unknown) => {
    error = reason;
  });
  await heard;

  await jest.advanceTimersByTimeAsync(seconds * 1000 - 1000);
  expect(error).toBeUndefined();
  await jest.advanceTimersByTimeAsync(1000);
  await asking;

  expect(error).toBeInstanceOf(ProviderOverloaded);
  expect(seconds).toBeLessThan(stepNeeds[step]!.seconds);
});
