import { keys } from '../core/artifact-keys.ts';
import {
  type Amount,
  addAmounts,
  amountOf,
  emptyLedger,
  hasLimits,
  isForGood,
  type Ledger,
  type LedgerPart,
  ledgerSchema,
  limitsOf,
  reachedSentence,
  roomsFor,
  tooSmall,
} from '../core/budget.ts';
import { BudgetReached } from '../core/errors.ts';
import type { Store } from '../core/ports.ts';
import type { Run } from '../core/run.ts';
import { addUsage, noUsage, type Usage } from '../core/usage.ts';
import { findArtifact, type Persistence, updateArtifact, usualPersistence } from './artifacts.ts';
import { usageByPart } from './usage-of-run.ts';

/** The run's purse, as one part of the run sees it. */
export interface Purse {
  /**
   * Sets aside what a call may cost at most. Waits while only calls under way stand in its way: they may cost less than
   * they might. Throws BudgetReached where there is no room for it.
   */
  setAside(worst: Usage): Promise<Held>;
  /** Writes down what was spent, and gives back what was set aside for nothing. Throws WriteConflict. */
  close(): Promise<void>;
}

export interface Held {
  /** The call is over, and has cost this. */
  settle(actual: Usage): void;
}

const KEEP_EVERYTHING = 'Everything paid for is kept: resume the run with a higher limit.';
/** So many calls more are set aside with the one that asks: each look at the ledger is in the way of the others. */
const CALLS_AHEAD = 64;
/** But no more than this share of what is left, so that the others find something too. */
const SHARE_AHEAD = 1 / 16;

/** Begins the ledger of a run that has limits, or opens it again: what was set aside by those that are gone is free. */
export async function openLedger(store: Store, run: Run): Promise<void> {
  if (!hasLimits(run.loop.budget)) return;
  const spent = await usageByPart(store, run);
  const parts = Object.fromEntries(
    spent.map(([{ name, stage }, usage]) => [name, { stage, spent: usage, setAside: amountOf(usage) }]),
  );
  await updateArtifact(store, keys.budget(run.run), ledgerSchema, () => ({ parts, reached: null }));
}

/** Throws BudgetReached where a part of the run has found no room. */
export async function insistOnRoom(store: Store, run: Run): Promise<void> {
  if (!hasLimits(run.loop.budget)) return;
  const ledger = await findArtifact(store, keys.budget(run.run), ledgerSchema);
  if (ledger?.reached) throw new BudgetReached(`${ledger.reached} ${KEEP_EVERYTHING}`);
}

/** `before`: what the part has spent in earlier lives. */
export function openPurse(
  store: Store,
  { run, loop }: Run,
  part: LedgerPart,
  before: Usage = noUsage,
  persistence: Persistence = usualPersistence,
): Purse {
  if (!hasLimits(loop.budget)) return bottomless;
  return new LimitedPurse(store, keys.budget(run), loop.budget, part, before, persistence);
}

/** Why there is no room. */
interface Refusal {
  readonly reached: string;
  /** When a call of this part has made some; undefined where none is under way. */
  readonly settled: Promise<void> | undefined;
  /** Nothing that others have set aside would be enough. */
  readonly isForGood: boolean;
}

/** About five minutes: longer than a call takes. Who has died by then gives nothing back. */
const LOOKS_AT_OTHERS = 300;
const SHORTEST_LOOK_AGAIN_MS = 25;
const LONGEST_LOOK_AGAIN_MS = 2_000;

class LimitedPurse implements Purse {
  readonly #store: Store;
  readonly #key: string;
  readonly #limits: Run['loop']['budget'];
  readonly #part: LedgerPart;
  readonly #persistence: Persistence;
  /** What is limited for this part at all. */
  readonly #units: readonly (keyof Amount)[];
  #spent: Usage;
  #underWay = nothing;
  #callsUnderWay = 0;
  /** Ours by the ledger, for what is spent and for what is under way. */
  #ours: Amount;
  #claiming: Promise<Refusal | undefined> | undefined;
  #settled = Promise.withResolvers<void>();
  #lastWrite: Promise<void> = Promise.resolve();

  constructor(
    store: Store,
    key: string,
    limits: Run['loop']['budget'],
    part: LedgerPart,
    before: Usage,
    persistence: Persistence,
  ) {
    this.#store = store;
    this.#key = key;
    this.#limits = limits;
    this.#part = part;
    this.#persistence = persistence;
    const concerning = limitsOf(limits).filter(({ stage }) => stage === undefined || stage === part.stage);
    this.#units = [...new Set(concerning.map(({ unit }) => unit))];
    this.#spent = before;
    this.#ours = amountOf(before);
  }

  async setAside(worst: Usage): Promise<Held> {
    const next = amountOf(worst);
    for (let looks = 1; !this.#hasRoomFor(next); ) {
      this.#claiming ??= this.#claim(next).finally(() => {
        this.#claiming = undefined;
      });
      const refusal = await this.#claiming;
      if (refusal === undefined || this.#hasRoomFor(next)) continue;
      if (refusal.settled) await refusal.settled;
      else if (refusal.isForGood || looks++ > LOOKS_AT_OTHERS) throw await this.#stopped(refusal.reached);
      else await this.#lookAgain(looks);
    }
    this.#callsUnderWay++;
    this.#underWay = addAmounts(this.#underWay, next);
    return {
      settle: (actual) => {
        this.#callsUnderWay--;
        // From zero again where there are none: differences of prices leave dust.
        this.#underWay = this.#callsUnderWay === 0 ? nothing : without(this.#underWay, next);
        this.#spent = addUsage(this.#spent, actual);
        this.#settled.resolve();
        this.#settled = Promise.withResolvers();
      },
    };
  }

  async #lookAgain(looks: number): Promise<void> {
    const { wait, jitter } = this.#persistence;
    await wait(jitter() * Math.min(LONGEST_LOOK_AGAIN_MS, SHORTEST_LOOK_AGAIN_MS * 2 ** looks));
  }

  async close(): Promise<void> {
    await this.#write((ledger) => this.#with(ledger, amountOf(this.#spent)));
  }

  #needed(next: Amount): Amount {
    return addAmounts(amountOf(this.#spent), this.#underWay, next);
  }

  #hasRoomFor(next: Amount): boolean {
    const needed = this.#needed(next);
    return this.#units.every((unit) => needed[unit] <= this.#ours[unit]);
  }

  /**
   * Asks the ledger for room for the call and some more. Who is refused, and has nothing under way, gives back what it has no
   * use for: of two that stand in each other's way, one goes on.
   */
  async #claim(next: Amount): Promise<Refusal | undefined> {
    let refusal: Refusal | undefined;
    await this.#write((ledger) => {
      const needed = this.#needed(next);
      const rooms = roomsFor(this.#limits, ledger, this.#part);
      const small = tooSmall(rooms, needed);
      refusal = undefined;
      if (small) {
        const reached = reachedSentence(small, amountOf(this.#spent), next);
        const settled = this.#callsUnderWay > 0 ? this.#settled.promise : undefined;
        refusal = { reached, settled, isForGood: rooms.some((room) => isForGood(room, needed)) };
        return settled || this.#ownsNoMoreThanSpent(ledger) ? undefined : this.#with(ledger, amountOf(this.#spent));
      }
      const ours = { ...needed };
      for (const unit of this.#units) {
        const left = Math.min(...rooms.filter((room) => room.unit === unit).map((room) => room.left));
        const spare = Math.max(0, left - needed[unit]) * SHARE_AHEAD;
        ours[unit] += Math.min(CALLS_AHEAD * next[unit], unit === 'usd' ? spare : Math.floor(spare));
      }
      return this.#with(ledger, ours);
    });
    return refusal;
  }

  #ownsNoMoreThanSpent(ledger: Ledger): boolean {
    const own = ledger.parts[this.#part.name];
    const spent = amountOf(this.#spent);
    return (
      own !== undefined &&
      this.#units.every((unit) => {
        return own.setAside[unit] === spent[unit] && amountOf(own.spent)[unit] === spent[unit];
      })
    );
  }

  /** Says so in the ledger, for those who find work undone later. */
  async #stopped(reached: string): Promise<BudgetReached> {
    await this.#write((ledger) => ({ ...ledger, reached }));
    return new BudgetReached(`${reached} ${KEEP_EVERYTHING}`);
  }

  #with(ledger: Ledger, setAside: Amount): Ledger {
    const { name, stage } = this.#part;
    return { ...ledger, parts: { ...ledger.parts, [name]: { stage, spent: this.#spent, setAside } } };
  }

  /** One write at a time, or the ledger and we would disagree about whose is the last. */
  #write(change: (ledger: Ledger) => Ledger | undefined): Promise<void> {
    const written = this.#lastWrite.then(() => this.#writeNow(change));
    this.#lastWrite = written.catch(() => undefined);
    return written;
  }

  async #writeNow(change: (ledger: Ledger) => Ledger | undefined): Promise<void> {
    let ours: Amount | undefined;
    await updateArtifact(
      this.#store,
      this.#key,
      ledgerSchema,
      (current) => {
        const next = change(current ?? emptyLedger);
        ours = next?.parts[this.#part.name]?.setAside;
        // More is ours only once it is written; less is ours at once, or a call that is let in meanwhile has no cover.
        if (ours) this.#ours = smaller(this.#ours, ours);
        return next;
      },
      this.#persistence,
    );
    if (ours) this.#ours = ours;
  }
}

const nothing = amountOf(noUsage);

function without(sum: Amount, { usd, calls, tokens }: Amount): Amount {
  return { usd: sum.usd - usd, calls: sum.calls - calls, tokens: sum.tokens - tokens };
}

function smaller(one: Amount, other: Amount): Amount {
  return {
    usd: Math.min(one.usd, other.usd),
    calls: Math.min(one.calls, other.calls),
    tokens: Math.min(one.tokens, other.tokens),
  };
}

const bottomless: Purse = {
  setAside: async () => ({ settle: () => undefined }),
  close: async () => undefined,
};
