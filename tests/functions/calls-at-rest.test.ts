import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { CredentialRefused } from '../../core/errors.ts';
import type { Sampled, SampleRequest, Student } from '../../core/ports.ts';
import { shardStep } from '../../functions/shard-step.ts';
import { MemoryStore } from '../fakes/memory-store.ts';
import { Endpoint, plan, recordedIn } from './paid-shards.ts';
import { oneCall, prompts, rowSchema } from './shard-fixture.ts';

/** Asks two things of the student at once, and waits for both only while neither fails. */
const askingTwice = shardStep({
  name: 'sample-responses',
  part: 'responses',
  set: 'train',
  row: rowSchema,
  async prepare(_, models) {
    const student = models.student('base');
    const settings = { count: 1, temperature: 1, topP: 1, maxTokens: 8 };
    return async (prompt) => {
      await Promise.all([1, 2].map((seed) => student.sample({ ...settings, prompt, seed })));
      return { prompt: prompt.id, said: 'both', usage: oneCall };
    };
  },
});

/** Refuses what has the seed 1, and answers the other long after that. */
const halfRefusing: Student = {
  model: 'base',
  async sample({ seed }: SampleRequest): Promise<Sampled> {
    if (seed === 1) throw new CredentialRefused('the key is wrong');
    for (let waited = 0; waited < 50; waited++) await turn();
    return { texts: [{ text: 'Yes.', finish: 'stop' }], tokens: { promptTokens: 1, completionTokens: 1 }, calls: 1 };
  },
};

test('a call that is answered after another one has failed is recorded before the shard fails', async () => {
  const store = new MemoryStore();
  await plan(store, 'run-1', { of: prompts(1) });
  const services = new Endpoint().services(store, { student: () => halfRefusing });

  await expect(askingTwice.run({ run: 'run-1', round: 1, shard: 0 }, services)).rejects.toThrow(CredentialRefused);

  expect(await recordedIn(store, 'run-1')).toHaveLength(1);
});
