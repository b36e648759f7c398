import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { keys } from '../../core/artifact-keys.ts';
import { ledgerSchema, spentBy } from '../../core/budget.ts';
import { BudgetReached } from '../../core/errors.ts';
import { noUsage } from '../../core/usage.ts';
import { readArtifact } from '../../functions/artifacts.ts';
import { openPurse } from '../../functions/budget.ts';
import { MemoryStore } from '../fakes/memory-store.ts';
import { runOf } from './shard-fixture.ts';

const limited = runOf({ budget: { calls: 10 } });
const calls = (count: number) => ({ ...noUsage, calls: count });

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
    purse.insist();
    await purse.record();

    expect(store.objects.size).toBe(0);
  });

  test('loses nothing among many that write at once', async () => {
    const parts = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'), { minLength: 1 });
    await fc.assert(
      fc.asyncProperty(parts, fc.integer({ min: 1, max: 4 }), async (names, repeats) => {
        const store = new MemoryStore();

        await Promise.all(
          names.map(async (name) => {
            const purse = await openPurse(store, limited, name);
            for (let spent = 1; spent <= repeats; spent++) {
              purse.spend(calls(spent));
              await purse.record();
            }
          }),
        );

        const ledger = await readArtifact(store, keys.budget('run-1'), ledgerSchema);
        expect(spentBy(ledger)).toEqual(calls(names.length * repeats));
      }),
    );
  });
});
