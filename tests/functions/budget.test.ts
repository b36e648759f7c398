import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { keys } from '../../core/artifact-keys.ts';
import { ledgerSchema, spentBy } from '../../core/budget.ts';
import { BudgetReached, StoreUnavailable, WriteConflict } from '../../core/errors.ts';
import type { WriteCondition } from '../../core/ports.ts';
import { noUsage } from '../../core/usage.ts';
import { readArtifact, usualPersistence } from '../../functions/artifacts.ts';
import { openLedger, openPurse } from '../../functions/budget.ts';
import { MemoryStore } from '../fakes/memory-store.ts';
import { MortalStore } from '../fakes/mortal-store.ts';
import { rowOf, runOf } from './shard-fixture.ts';
import { DistantStore, VirtualTime } from './virtual-time.ts';

const limited = runOf({ budget: { calls: 10 } });
const calls = (count: number) => ({ ...noUsage, calls: count });
const withoutWaiting = { ...usualPersistence, wait: async () => undefined };
const inLedger = async (store: MemoryStore) => spentBy(await readArtifact(store, keys.budget('run-1'), ledgerSchema));

/** A store where somebody else is always faster, until the test says otherwise. */
class CrowdedStore extends MemoryStore {
  isCrowded = true;
  override async write(key: string, body: string | AsyncIterable<string>, condition?: WriteCondition) {
    if (this.isCrowded) throw new WriteConflict('somebody was faster');
    return super.write(key, body, condition);
  }
}

describe('a purse', () => {
  test('sees at once what its own part spends', async () => {
    const purse = await openPurse(new MemoryStore(), limited, 'a');

    purse.spend(calls(9));
    expect(() => purse.insist()).not.toThrow();
    purse.spend(calls(10));
    expect(() => purse.insist()).toThrow(BudgetReached);
  });

  test('sees what others have written down when it writes itself', async () => {
    const store = new MemoryStore();
    const [one, other] = [await openPurse(store, limited, 'one'), await openPurse(store, limited, 'other')];
    other.spend(calls(6));
    await other.record();

    one.spend(calls(4));
    expect(() => one.insist()).not.toThrow();
    await one.record();
    expect(() => one.insist()).toThrow(BudgetReached);
  });

  test('that is opened again does not count its part twice', async () => {
    const store = new MemoryStore();
    const first = await openPurse(store, limited, 'a');
    first.spend(calls(6));
    await first.record();

    const again = await openPurse(store, limited, 'a');
    again.spend(calls(6));

    expect(() => again.insist()).not.toThrow();
  });

  test('of a loop without limits writes nothing', async () => {
    const store = new MemoryStore();
    const purse = await openPurse(store, runOf(), 'a');

    purse.spend(calls(1_000_000));
    purse.insist(1_000_000);
    await purse.record();
    await purse.close();

    expect(store.objects.size).toBe(0);
  });

  test('has no room for a price that is known before and leads beyond the limit', async () => {
    const purse = await openPurse(new MemoryStore(), runOf({ budget: { usd: 5 } }), 'a');
    purse.spend({ ...noUsage, usd: 3 });

    expect(() => purse.insist(2)).not.toThrow();
    expect(() => purse.insist(2.01)).toThrow(BudgetReached);
  });

  test('whose record is lost among many goes on, and the next one carries it', async () => {
    const store = new CrowdedStore();
    const purse = await openPurse(store, limited, 'a', withoutWaiting);
    purse.spend(calls(2));

    await purse.record();
    expect(store.objects.size).toBe(0);

    store.isCrowded = false;
    await purse.record();
    expect(await inLedger(store)).toEqual(calls(2));
  });

  test('that can not write its last record says so', async () => {
    const purse = await openPurse(new CrowdedStore(), limited, 'a', withoutWaiting);

    await expect(purse.close()).rejects.toThrow(WriteConflict);
  });

  test('that can not reach the store says so at once', async () => {
    const purse = await openPurse(new MortalStore(0), limited, 'a', withoutWaiting);

    await expect(purse.record()).rejects.toThrow(StoreUnavailable);
  });

  test.each([25, 50])('of %i shards in a store that is far away loses nothing', async (shards) => {
    const time = new VirtualTime();
    const store = new DistantStore(time);
    const work = async (_: unknown, shard: number) => {
      const purse = await openPurse(store, limited, `shard ${shard}`, time.persistence);
      for (let spent = 1; spent <= 15; spent++) {
        purse.spend(calls(spent));
        await purse.record();
      }
      await purse.close();
    };

    await time.passUntil(Promise.all(Array.from({ length: shards }, work)));

    expect(await time.passUntil(inLedger(store))).toEqual(calls(15 * shards));
  });

  test('loses nothing among many that write at once', async () => {
    const parts = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'), { minLength: 1 });
    await fc.assert(
      fc.asyncProperty(parts, fc.integer({ min: 1, max: 4 }), async (names, repeats) => {
        const store = new MemoryStore();

        await Promise.all(
          names.map(async (name) => {
            const purse = await openPurse(store, limited, name, withoutWaiting);
            for (let spent = 1; spent <= repeats; spent++) {
              purse.spend(calls(spent));
              await purse.record();
            }
            await purse.close();
          }),
        );

        expect(await inLedger(store)).toEqual(calls(names.length * repeats));
      }),
    );
  });
});

describe('the ledger of a run', () => {
  /** A finished shard, one that is under way, and a job: 2 + 3 calls and 0.5 dollars. */
  function spentBefore(): MemoryStore {
    const store = new MemoryStore();
    const job = { key: 'k', trainFile: 'f', validationFile: null, hyperparameters: {}, artifact: null };
    const training = {
      ...job,
      job: 'job-1',
      createdAt: '2026-11-24T09:00:00Z',
      status: 'created',
      trainedTokens: null,
      usd: 0.5,
    };
    const rows = ['a', 'b', 'c'].map((prompt) => JSON.stringify(rowOf(prompt))).join('\n');
    store.objects.set(keys.summary('run-1', 1, 'responses', 0), JSON.stringify({ rows: 2, usage: calls(2) }));
    store.objects.set(`${keys.checkpoints('run-1', 1, 'verdicts', 0)}x.jsonl`, rows);
    store.objects.set(keys.training('run-1', 1), JSON.stringify(training));
    return store;
  }

  test('that gets its limits on the way begins with what was paid for before', async () => {
    const store = spentBefore();

    await openLedger(store, limited);

    expect(await inLedger(store)).toEqual({ ...calls(5), usd: 0.5 });
  });

  test('knows its parts by the names under which their work goes on', async () => {
    const store = spentBefore();
    await openLedger(store, limited);

    const purse = await openPurse(store, limited, 'round-1/verdicts/0');
    purse.spend(calls(4));
    await purse.close();

    expect((await inLedger(store)).calls).toBe(2 + 4);
  });

  test('that is there already is left as it is', async () => {
    const store = spentBefore();
    const ledger = JSON.stringify({ parts: { 'round-1/responses/0': calls(9) } });
    store.objects.set(keys.budget('run-1'), ledger);

    await openLedger(store, limited);

    expect(store.objects.get(keys.budget('run-1'))).toBe(ledger);
  });

  test('without limits is not kept', async () => {
    const store = spentBefore();

    await openLedger(store, runOf());

    expect(store.objects.has(keys.budget('run-1'))).toBe(false);
  });
});
