import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Amount, amountOf, type Limits, type Stage } from '../../core/budget.ts';
import { BudgetReached } from '../../core/errors.ts';
import { addUsage, noUsage, type Usage } from '../../core/usage.ts';
import { openPurse } from '../../functions/budget.ts';
import { DyingStore } from '../fakes/dying-store.ts';
import { runOf } from './shard-fixture.ts';
import { DistantStore, VirtualTime } from './virtual-time.ts';

const units = ['usd', 'calls', 'tokens'] as const;
/** Sums of dollars are not exact. */
const DUST = 1e-6;
const MOST: Amount = { usd: 2, calls: 2, tokens: 60 };

interface Part {
  readonly stage: 'sampling' | 'judging';
  readonly callsAtOnce: number;
  /** Dies without a word once it has begun so many calls. */
  readonly diesAfter: number;
}

/** Calls that cost something else than they might, of parts that begin new ones until they are told to stop. */
class Spenders {
  readonly made: { readonly stage: Stage; readonly usage: Usage }[] = [];
  readonly reached: string[] = [];
  readonly time: VirtualTime;
  readonly #store: DistantStore;
  readonly #limits: Limits;

  constructor(seed: number, limits: Limits) {
    this.time = new VirtualTime(seed);
    this.#store = new DistantStore(this.time);
    this.#limits = limits;
  }

  /** One life of the part; gives what it has spent. */
  async live(name: string, { stage, callsAtOnce, diesAfter }: Part, before = noUsage): Promise<Usage> {
    const run = runOf({ budget: this.#limits });
    let spent = before;
    let begun = 0;
    const death = Promise.withResolvers<'dead'>();
    const isDead = () => begun >= diesAfter;
    const purse = openPurse(new DyingStore(this.#store, isDead), run, { name, stage }, before, this.time.persistence);
    const worker = async () => {
      while (!isDead()) {
        const { worst, actual } = this.#call();
        const held = await purse.setAside(worst);
        if (isDead()) return;
        begun++;
        // Paid for as soon as it is made, whoever is told.
        this.made.push({ stage, usage: actual });
        spent = addUsage(spent, actual);
        if (isDead()) return death.resolve('dead');
        await this.time.sleep(200 * this.time.draw());
        if (!isDead()) held.settle(actual);
      }
    };
    const working = Promise.allSettled(Array.from({ length: callsAtOnce }, worker));
    const end = await Promise.race([death.promise, working]);
    if (end === 'dead') return spent;
    for (const ended of end) {
      if (ended.status === 'fulfilled') continue;
      if (!(ended.reason instanceof BudgetReached)) throw ended.reason;
      this.reached.push(ended.reason.message);
    }
    await purse.close();
    return spent;
  }

  /** What is left of a limit. */
  left(unit: keyof Amount, limit: number, stage?: Stage): number {
    const paid = this.made.filter((call) => stage === undefined || call.stage === stage);
    return limit - amountOf(addUsage(...paid.map(({ usage }) => usage)))[unit];
  }

  #call(): { worst: Usage; actual: Usage } {
    const share = () => this.time.draw();
    const isDear = share() < 0.3;
    const worst = {
      calls: isDear ? MOST.calls : 1,
      promptTokens: Math.floor(share() * 30),
      completionTokens: Math.floor(share() * 30),
      usd: share() * (isDear ? MOST.usd : 0.05),
    };
    const actual = {
      calls: Math.max(1, Math.floor(worst.calls * share())),
      promptTokens: Math.floor(worst.promptTokens * share()),
      completionTokens: Math.floor(worst.completionTokens * share()),
      usd: worst.usd * share(),
    };
    return { worst, actual };
  }
}

const amounts = {
  usd: fc.option(fc.double({ min: 0.5, max: 30, noNaN: true }), { nil: undefined }),
  calls: fc.option(fc.integer({ min: 1, max: 80 }), { nil: undefined }),
  tokens: fc.option(fc.integer({ min: 1, max: 1500 }), { nil: undefined }),
};
const limits = fc
  .record({ ...amounts, sampling: fc.record(amounts), judging: fc.record(amounts) })
  .filter(({ usd, calls, tokens }) => usd !== undefined || calls !== undefined || tokens !== undefined);
const partOf = (diesAfter: fc.Arbitrary<number>) =>
  fc.record({
    stage: fc.constantFrom('sampling' as const, 'judging' as const),
    callsAtOnce: fc.integer({ min: 1, max: 5 }),
    diesAfter,
  });
const seed = fc.integer({ min: 1, max: 2_147_483_646 });
const never = fc.constant(Number.POSITIVE_INFINITY);

function expectNoneIsPassed(spenders: Spenders, { sampling, judging, ...run }: Limits): void {
  for (const [stage, of] of [
    [undefined, run],
    ['sampling', sampling],
    ['judging', judging],
  ] as const) {
    for (const unit of units) {
      const limit = (of as Partial<Amount>)?.[unit];
      if (limit !== undefined) expect(spenders.left(unit, limit, stage)).toBeGreaterThanOrEqual(-DUST);
    }
  }
}

describe('the limits of a run that many parts share', () => {
  test('are never passed, whoever dies on the way and is born again', async () => {
    const diesAfter = fc.oneof(never, fc.integer({ min: 1, max: 12 }));
    await fc.assert(
      fc.asyncProperty(
        limits,
        fc.array(partOf(diesAfter), { minLength: 1, maxLength: 6 }),
        seed,
        async (of, parts, seed) => {
          const spenders = new Spenders(seed, of);
          const lives = async (part: Part, index: number) => {
            const spent = await spenders.live(`${index}`, part);
            await spenders.live(`${index}`, { ...part, diesAfter: Number.POSITIVE_INFINITY }, spent);
          };

          await spenders.time.passUntil(Promise.all(parts.map(lives)));

          expectNoneIsPassed(spenders, of);
          for (const message of spenders.reached) {
            expect(message).toMatch(/\(budget\.((sampling|judging)\.)?(usd|calls|tokens)\) is reached/);
          }
        },
      ),
    );
  }, 60_000);

  test('are used to the full: what is left when all have stopped is too little for one call more', async () => {
    const unit = fc.constantFrom(...units);
    const limit = fc.integer({ min: 1, max: 40 });
    await fc.assert(
      fc.asyncProperty(
        unit,
        limit,
        fc.array(partOf(never), { minLength: 1, maxLength: 6 }),
        seed,
        async (unit, times, parts, seed) => {
          const most = times * MOST[unit];
          const spenders = new Spenders(seed, { [unit]: most });

          await spenders.time.passUntil(Promise.all(parts.map((part, index) => spenders.live(`${index}`, part))));

          expect(spenders.left(unit, most)).toBeLessThan(MOST[unit] + DUST);
          expect(spenders.left(unit, most)).toBeGreaterThanOrEqual(-DUST);
          expect(spenders.reached.length).toBeGreaterThan(0);
        },
      ),
    );
  }, 60_000);

  test('keep nobody waiting: fifty parts at once, far from their store, come to an end', async () => {
    const spenders = new Spenders(7, { calls: 2_000, tokens: 40_000 });
    const part: Part = { stage: 'sampling', callsAtOnce: 4, diesAfter: Number.POSITIVE_INFINITY };

    await spenders.time.passUntil(
      Promise.all(Array.from({ length: 50 }, (_, index) => spenders.live(`${index}`, part))),
    );

    expectNoneIsPassed(spenders, { calls: 2_000, tokens: 40_000 });
    expect(Math.min(spenders.left('calls', 2_000), spenders.left('tokens', 40_000))).toBeLessThan(MOST.tokens);
  }, 60_000);
});
