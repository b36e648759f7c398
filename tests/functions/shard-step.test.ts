import { beforeEach, describe, expect, test } from '@jest/globals';
import { keys } from '../../core/artifact-keys.ts';
import { type Ledger, ledgerSchema } from '../../core/budget.ts';
import { CredentialRefused, StoreRefused } from '../../core/errors.ts';
import type { WriteCondition } from '../../core/ports.ts';
import { readArtifact } from '../../functions/artifacts.ts';
import { sampleResponses } from '../../functions/sample-responses/handler.ts';
import { MemoryStore } from '../fakes/memory-store.ts';
import { Endpoint, plan, repliesTo } from './paid-shards.ts';

/** A store that takes no calls, or no ledger, once it is full. */
class FullStore extends MemoryStore {
  full: string | undefined;
  override async write(key: string, body: string | AsyncIterable<string>, condition?: WriteCondition) {
    if (this.full !== undefined && key.includes(this.full)) throw new StoreRefused(`No space for ${key}`);
    return super.write(key, body, condition);
  }
}

let store: FullStore;
beforeEach(async () => {
  store = new FullStore();
  await plan(store, 'run-1', { change: { budget: { calls: 100 } } });
});

const ledger = (): Promise<Ledger> => readArtifact(store, keys.budget('run-1'), ledgerSchema);
const sample = (endpoint: Endpoint) =>
  sampleResponses.run({ run: 'run-1', round: 1, shard: 0 }, endpoint.services(store));
const refusing = (prompt: string) =>
  new Endpoint((asked) => (asked.prompt.id === prompt ? new CredentialRefused('the key is wrong') : repliesTo(asked)));

describe('a shard whose calls can not be written', () => {
  beforeEach(() => {
    store.full = '.calls/';
  });

  test('says so, and settles its account all the same', async () => {
    await expect(sample(new Endpoint())).rejects.toThrow(StoreRefused);

    const { spent, setAside } = (await ledger()).parts['round-1/responses/0']!;
    expect([spent.calls, setAside.calls]).toEqual([4, 4]);
  });

  test('says what has failed before, where something has', async () => {
    await expect(sample(refusing('p-3'))).rejects.toThrow(CredentialRefused);

    expect((await ledger()).parts['round-1/responses/0']?.setAside.calls).toBe(3);
  });
});

test('a shard whose account can not be settled says what has failed before', async () => {
  const endpoint = new Endpoint((asked) => {
    if (asked.prompt.id !== 'p-3') return repliesTo(asked);
    store.full = 'budget.json';
    return new CredentialRefused('the key is wrong');
  });

  await expect(sample(endpoint)).rejects.toThrow(CredentialRefused);
});
