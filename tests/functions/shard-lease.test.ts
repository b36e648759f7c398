import { setImmediate as turn } from 'node:timers/promises';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { keys } from '../../core/artifact-keys.ts';
import { ledgerSchema } from '../../core/budget.ts';
import { CredentialRefused, DeadlineNear, StoreUnavailable } from '../../core/errors.ts';
import type { Student, WriteCondition } from '../../core/ports.ts';
import { readArtifact } from '../../functions/artifacts.ts';
import { defineStep } from '../../functions/define-step.ts';
import { Invocation } from '../../functions/invocation.ts';
import { sampleResponses } from '../../functions/sample-responses/handler.ts';
import type { LeaseTimer } from '../../functions/shard-lease.ts';
import { MemoryStore } from '../fakes/memory-store.ts';
import { Endpoint, plan, recordedIn, repliesTo } from './paid-shards.ts';
import { prompts } from './shard-fixture.ts';

process.env['POWERTOOLS_LOG_LEVEL'] = 'SILENT';

const place = { run: 'run-1', round: 1, shard: 0 };
const lease = keys.shardLease('run-1', 1, 'responses', 0);
const part = keys.part('run-1', 1, 'responses', 0);
const start = Date.parse('2026-11-24T09:00:00Z');

/** Time that passes when a test says so. */
class GivenTime implements LeaseTimer {
  #now = start;
  readonly #due = new Set<{ at: number; readonly action: () => void; readonly again?: number }>();

  readonly now = () => new Date(this.#now);
  readonly wait = (milliseconds: number) =>
    new Promise<void>((action) => this.#due.add({ at: this.#now + milliseconds, action }));
  readonly every = (milliseconds: number, action: () => void) => {
    const timer = { at: this.#now + milliseconds, action, again: milliseconds };
    this.#due.add(timer);
    return () => this.#due.delete(timer);
  };

  async pass(milliseconds: number): Promise<void> {
    const until = this.#now + milliseconds;
    await settle();
    for (;;) {
      const [next] = [...this.#due].filter(({ at }) => at <= until).sort((a, b) => a.at - b.at);
      if (!next) break;
      this.#now = next.at;
      if (next.again === undefined) this.#due.delete(next);
      else next.at += next.again;
      next.action();
      await settle();
    }
    this.#now = until;
  }
}

/** Whatever a store in memory and scripted models have to do is done. */
async function settle(): Promise<void> {
  for (let turns = 0; turns < 20; turns++) await turn();
}

/** A store that says what was written, and may lose its answers for leases. */
class WatchedStore extends MemoryStore {
  readonly written: string[] = [];
  losesAnswers = false;
  override async write(key: string, body: string | AsyncIterable<string>, condition?: WriteCondition) {
    this.written.push(key);
    const written = await super.write(key, body, condition);
    if (this.losesAnswers && key === lease) throw new StoreUnavailable(`The answer to the write of ${key} got lost`);
    return written;
  }
}

let store: WatchedStore;
let time: GivenTime;
let endpoint: Endpoint;
/** Calls wait for it once there were so many. */
let gate: { readonly after: number; readonly opened: Promise<void>; readonly open: () => void };
beforeEach(async () => {
  store = new WatchedStore();
  time = new GivenTime();
  endpoint = new Endpoint();
  gate = gateAfter(8);
  await plan(store, 'run-1', { of: prompts(40), change: { budget: { calls: 100 } } });
  store.written.length = 0;
});

function gateAfter(after: number) {
  const { promise: opened, resolve: open } = Promise.withResolvers<void>();
  return { after, opened, open };
}

/** A life of the shard in a container of its own. */
function life({ student = gated }: { readonly student?: Student } = {}) {
  const invocation = new Invocation();
  const more = { invocation, student: () => student, now: time.now, leaseTimer: time };
  const handler = defineStep(sampleResponses, () => endpoint.services(store, more));
  return {
    answer: handler(place, { getRemainingTimeInMillis: () => 10_000_000 }),
    stop: invocation.stop,
  };
}

const gated: Student = {
  model: 'base',
  async sample(request) {
    const answer = await endpoint.student.sample(request);
    if (endpoint.asked.length > gate.after) await gate.opened;
    return answer;
  },
};

const leaseOf = (ofLife: string) =>
  JSON.stringify({ life: ofLife, renewedAt: time.now().toISOString(), wanted: false });
const other = '7d0c5c1e-9a44-4c7b-8a0e-52f3a1d9be60';
const leaseNow = () => JSON.parse(store.objects.get(lease) ?? 'null') as { readonly wanted: boolean } | null;

describe('two lives of a shard at once', () => {
  test('ask nothing twice: the first records what is under way, and the second goes on and makes the part', async () => {
    const first = life();
    await time.pass(60_000);
    const asked = endpoint.asked.length;
    const second = life();
    await time.pass(60_000);
    expect(endpoint.asked).toHaveLength(asked);
    gate.open();
    expect(await first.answer).toEqual({ finished: false });
    expect(endpoint.asked).toHaveLength(asked);
    expect(await recordedIn(store, 'run-1')).toHaveLength(asked);
    await time.pass(2_000);

    expect(await second.answer).toEqual({ finished: true });
    expect(new Set(endpoint.asked).size).toBe(40);
    expect(endpoint.asked).toHaveLength(40);
    expect(store.written.filter((key) => key === part)).toHaveLength(1);
    expect(leaseNow()).toBeNull();
    const { parts } = await readArtifact(store, keys.budget('run-1'), ledgerSchema);
    expect(parts['round-1/responses/0']?.spent.calls).toBe(40);
  });

  test('where the first has nothing left to ask, it makes the part and the second finds it', async () => {
    gate = gateAfter(39);
    const first = life();
    await settle();
    const second = life();
    await time.pass(10_000);
    gate.open();

    expect(await first.answer).toEqual({ finished: true });
    await time.pass(2_000);
    expect(await second.answer).toEqual({ finished: true });
    expect(endpoint.asked).toHaveLength(40);
    expect(store.written.filter((key) => key === part)).toHaveLength(1);
  });

  test('the first needs no answered call to give way', async () => {
    const first: ReturnType<typeof life> = life({
      student: { model: 'base', sample: () => gate.opened.then(() => Promise.reject(first.stop.signal.reason)) },
    });
    await settle();
    const second = life();
    await time.pass(10_000);
    gate.open();

    expect(await first.answer).toEqual({ finished: false });
    await time.pass(2_000);
    expect(await second.answer).toEqual({ finished: true });
  });

  test('the second answers that it is not finished where its time is up meanwhile', async () => {
    const first = life();
    await settle();
    const second = life();
    await time.pass(10_000);
    second.stop.abort(new DeadlineNear('The time of this invocation is nearly up.'));
    await time.pass(2_000);

    expect(await second.answer).toEqual({ finished: false });
    gate.open();
    await first.answer;
    expect(leaseNow()).toBeNull();
  });

  test('the first stops where the second has taken the shard, and leaves it the lease', async () => {
    const first = life();
    await settle();
    store.objects.set(lease, leaseOf(other));
    await time.pass(5_000);
    gate.open();

    expect(await first.answer).toEqual({ finished: false });
    expect(store.objects.get(lease)).toContain(other);
    expect(store.objects.has(part)).toBe(false);
  });
});

describe('a life that has died', () => {
  test('is waited for until it was silent for 20 seconds, and asks nothing more', async () => {
    gate.open();
    store.objects.set(lease, leaseOf(other));
    const next = life();
    await time.pass(20_000);
    expect([endpoint.asked.length, leaseNow()?.wanted]).toEqual([0, true]);
    await time.pass(2_000);

    expect(await next.answer).toEqual({ finished: true });
    expect(leaseNow()).toBeNull();
  });

  test('is not waited for where it has left a lease that nobody can read', async () => {
    gate.open();
    store.objects.set(lease, '{"life":');

    expect(await life().answer).toEqual({ finished: true });
  });
});

describe('a lease', () => {
  test('is renewed, and goes on after answers of the store got lost', async () => {
    const only = life();
    await time.pass(6_000);
    store.losesAnswers = true;
    await time.pass(10_000);
    store.losesAnswers = false;
    await time.pass(5_000);

    expect(leaseNow()).toMatchObject({ renewedAt: new Date(start + 20_000).toISOString(), wanted: false });
    gate.open();
    expect(await only.answer).toEqual({ finished: true });
  });

  test('is released by a life that fails', async () => {
    const refused = new CredentialRefused('the key is wrong');
    const failing = life({ student: { model: 'base', sample: () => Promise.reject(refused) } });

    await expect(failing.answer).rejects.toThrow(CredentialRefused);
    expect(store.written).toContain(lease);
    expect(leaseNow()).toBeNull();
  });

  test('is nothing for a laptop, where the run has one', async () => {
    await sampleResponses.run(place, new Endpoint(repliesTo).services(store));

    expect(store.written).toContain(part);
    expect(store.written).not.toContain(lease);
  });
});
