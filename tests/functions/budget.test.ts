import { describe, expect, test } from '@jest/globals';
import { keys } from '../../core/artifact-keys.ts';
import { amountOf, type Ledger, type LedgerPart, ledgerParts, ledgerSchema } from '../../core/budget.ts';
import { BudgetReached, StoreUnavailable, WriteConflict } from '../../core/errors.ts';
import { addUsage, noUsage, type Usage } from '../../core/usage.ts';
import { readArtifact, usualPersistence } from '../../functions/artifacts.ts';
import { insistOnRoom, openLedger, openPurse, type Purse } from '../../functions/budget.ts';
import { MemoryStore } from '../fakes/memory-store.ts';
import { MortalStore } from '../fakes/mortal-store.ts';
import { runOf } from './shard-fixture.ts';
import { DistantStore, VirtualTime } from './virtual-time.ts';

const limited = runOf({ budget: { calls: 10 } });
const calls = (count: number): Usage => ({ ...noUsage, calls: count });
const part = (name: string): LedgerPart => ({ name, stage: 'sampling' });
const withoutWaiting = { ...usualPersistence, wait: async () => undefined };
const ledgerIn = (store: MemoryStore) => readArtifact(store, keys.budget('run-1'), ledgerSchema);
const spentIn = (ledger: Ledger) => addUsage(...Object.values(ledger.parts).map(({ spent }) => spent));

async function pay(purse: Purse, actual: Usage, worst = actual): Promise<void> {
  (await purse.setAside(worst)).settle(actual);
}

/** A store where somebody else is always faster. */
class CrowdedStore extends MemoryStore {
  override async write(): Promise<never> {
    throw new WriteConflict('somebody was faster');
  }
}

describe('a purse', () => {
  test('has room up to its limit exactly, and not for one call more', async () => {
    const store = new MemoryStore();
    const purse = openPurse(store, limited, part('a'));
    for (let call = 0; call < 10; call++) await pay(purse, calls(1));

    await expect(purse.setAside(calls(1))).rejects.toThrow(BudgetReached);
    await expect(purse.setAside(calls(1))).rejects.toThrow(
      'The budget of 10 calls (budget.calls) is reached: 10 are spent, and what comes next may take 1. Everything paid for is kept: resume the run with a higher limit.',
    );
    expect(spentIn(await ledgerIn(store))).toEqual(calls(10));
  });

  test('has nothing to give from a limit of nothing', async () => {
    const purse = openPurse(new MemoryStore(), runOf({ budget: { usd: 0 } }), part('a'));

    await expect(purse.setAside({ ...calls(1), usd: 0.01 })).rejects.toThrow('(budget.usd)');
  });

  test('sees what others have set aside before they have spent it', async () => {
    const store = new MemoryStore();
    const one = openPurse(store, limited, part('one'), noUsage, withoutWaiting);
    await openPurse(store, limited, part('other')).setAside(calls(6));

    await expect(one.setAside(calls(5))).rejects.toThrow('0 are spent, 6 more are set aside for calls under way');
    await pay(one, calls(4));
  });

  test('waits for what others have set aside to be free again', async () => {
    const store = new MemoryStore();
    const other = openPurse(store, limited, part('other'));
    const underWay = await other.setAside(calls(6));
    let looks = 0;
    const wait = async () => {
      if (++looks < 3) return;
      underWay.settle(calls(1));
      await other.close();
    };
    const one = openPurse(store, limited, part('one'), noUsage, { ...withoutWaiting, wait });

    await pay(one, calls(9));
    expect(looks).toBe(3);
  });

  test('keeps to the limit of its own stage, and to no other', async () => {
    const run = runOf({ budget: { sampling: { calls: 2 }, judging: { calls: 1 } } });
    const store = new MemoryStore();
    const sampling = openPurse(store, run, part('a'));

    await pay(sampling, calls(2));
    await expect(sampling.setAside(calls(1))).rejects.toThrow('(budget.sampling.calls)');
    await pay(openPurse(store, run, { name: 'b', stage: 'evaluation' }), calls(100));
  });

  test('gives back what a call did not cost', async () => {
    const store = new MemoryStore();
    const purse = openPurse(store, limited, part('a'));
    for (let call = 0; call < 5; call++) await pay(purse, calls(1), calls(6));
    await purse.close();

    await pay(openPurse(store, limited, part('b')), calls(5));
  });

  test('waits for its own calls under way rather than to give up', async () => {
    const purse = openPurse(new MemoryStore(), limited, part('a'));
    const first = await purse.setAside(calls(8));
    const second = purse.setAside(calls(8));
    first.settle(calls(2));

    (await second).settle(calls(8));
    await expect(purse.setAside(calls(1))).rejects.toThrow(BudgetReached);
  });

  test('counts what its part has spent in earlier lives, and counts it once', async () => {
    const store = new MemoryStore();
    const first = openPurse(store, limited, part('a'));
    await pay(first, calls(6));
    await first.close();

    const again = openPurse(store, limited, part('a'), calls(6));
    await pay(again, calls(4));
    await expect(again.setAside(calls(1))).rejects.toThrow(BudgetReached);
  });

  test('of a loop without limits writes nothing', async () => {
    const store = new MemoryStore();
    const purse = openPurse(store, runOf(), part('a'));

    await pay(purse, calls(1_000_000));
    await purse.close();

    expect(store.objects.size).toBe(0);
  });

  test('that can not write its last word says so', async () => {
    const purse = openPurse(new CrowdedStore(), limited, part('a'), noUsage, withoutWaiting);

    await expect(purse.close()).rejects.toThrow(WriteConflict);
  });

  test('that can not reach the store says so at once, and no call is made', async () => {
    const purse = openPurse(new MortalStore(0), limited, part('a'), noUsage, withoutWaiting);

    await expect(purse.setAside(calls(1))).rejects.toThrow(StoreUnavailable);
  });

  test('looks at the ledger less often than it makes calls', async () => {
    const store = new MortalStore();
    const purse = openPurse(store, runOf({ budget: { calls: 10_000 } }), part('a'));

    for (let call = 0; call < 90; call++) await pay(purse, calls(1));

    expect(store.writes).toBeLessThanOrEqual(10);
  });

  test.each([25, 50])('of %i parts at once in a store that is far away loses nothing', async (parts) => {
    const time = new VirtualTime();
    const store = new DistantStore(time);
    const roomy = runOf({ budget: { calls: 15 * parts } });
    const work = async (_: unknown, index: number) => {
      const purse = openPurse(store, roomy, part(`part ${index}`), noUsage, time.persistence);
      for (let call = 0; call < 15; call++) await pay(purse, calls(1));
      await purse.close();
    };
    const working = Promise.allSettled(Array.from({ length: parts }, work));

    for (const ended of await time.passUntil(working)) {
      // Near the limit some find that others have set aside the rest.
      if (ended.status === 'rejected') expect(ended.reason).toBeInstanceOf(BudgetReached);
    }
    expect(spentIn(await time.passUntil(ledgerIn(store))).calls).toBeGreaterThanOrEqual(14 * parts);
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
    const recorded = ['a', 'b', 'c'].map((call) => ({ call, at: '2026-11-24T09:00:00Z', usage: calls(1), answer: {} }));
    store.objects.set(keys.summary('run-1', 1, 'responses', 0), JSON.stringify({ rows: 2, usage: calls(2) }));
    store.objects.set(
      `${keys.calls('run-1', 1, 'verdicts', 0)}x.jsonl`,
      recorded.map((row) => JSON.stringify(row)).join('\n'),
    );
    store.objects.set(keys.training('run-1', 1), JSON.stringify(training));
    return store;
  }

  test('that gets its limits on the way begins with what was paid for before', async () => {
    const store = spentBefore();

    await openLedger(store, limited);

    expect(await ledgerIn(store)).toEqual({
      parts: {
        'round-1/responses/0': { stage: 'sampling', spent: calls(2), setAside: amountOf(calls(2)) },
        'round-1/verdicts/0': { stage: 'judging', spent: calls(3), setAside: amountOf(calls(3)) },
        'round-1/training': {
          stage: 'training',
          spent: { ...noUsage, usd: 0.5 },
          setAside: { usd: 0.5, calls: 0, tokens: 0 },
        },
      },
      reached: null,
    });
  });

  test('knows its parts by the names under which their work goes on', async () => {
    const store = spentBefore();
    await openLedger(store, limited);

    const purse = openPurse(store, limited, ledgerParts.shard(1, 'verdicts', 0), calls(3));
    await pay(purse, calls(1));
    await purse.close();

    expect(spentIn(await ledgerIn(store)).calls).toBe(2 + 4);
  });

  test('that is opened again frees what was set aside by those that are gone, and forgets that it was reached', async () => {
    const store = spentBefore();
    await openLedger(store, limited);
    await openPurse(store, limited, part('of the dead')).setAside(calls(5));
    const living = openPurse(store, limited, part('a'), noUsage, withoutWaiting);
    await expect(living.setAside(calls(1))).rejects.toThrow(BudgetReached);
    await expect(insistOnRoom(store, limited)).rejects.toThrow('(budget.calls)');

    await openLedger(store, limited);

    await insistOnRoom(store, limited);
    await pay(openPurse(store, limited, part('a')), calls(5));
  });

  test('without limits is not kept, and never reached', async () => {
    const store = spentBefore();

    await openLedger(store, runOf());
    await insistOnRoom(store, runOf());

    expect(store.objects.has(keys.budget('run-1'))).toBe(false);
  });
});
