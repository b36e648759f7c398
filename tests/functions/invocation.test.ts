import { describe, expect, test } from '@jest/globals';
import { keys } from '../../core/artifact-keys.ts';
import { DeadlineNear, ProviderOverloaded, StoreUnavailable } from '../../core/errors.ts';
import type { WriteCondition } from '../../core/ports.ts';
import { defineStep } from '../../functions/define-step.ts';
import { Invocation } from '../../functions/invocation.ts';
import { sampleResponses } from '../../functions/sample-responses/handler.ts';
import { MemoryStore } from '../fakes/memory-store.ts';
import { Endpoint, plan, repliesTo } from './paid-shards.ts';
import { prompts } from './shard-fixture.ts';

process.env['POWERTOOLS_LOG_LEVEL'] = 'SILENT';

const place = { run: 'run-1', round: 1, shard: 0 };
const plenty = { getRemainingTimeInMillis: () => 10_000_000 };

/** One container: its invocations share the services, and the time of one is nearly up when a test says so. */
function container(store: MemoryStore, endpoint: Endpoint) {
  const invocation = new Invocation();
  const services = endpoint.services(store, { invocation });
  const handler = defineStep(sampleResponses, () => services);
  return {
    invoke: () => handler(place, plenty),
    nearEnd: () => invocation.stop.abort(new DeadlineNear('The time of this invocation is nearly up.')),
  };
}

/** An endpoint of which each invocation gets so many answers. */
function answersForEach(store: MemoryStore, answers: number) {
  let given = 0;
  const endpoint: Endpoint = new Endpoint((asked) => {
    given++;
    if (given % answers === 0) lambda.nearEnd();
    return repliesTo(asked);
  });
  const lambda = container(store, endpoint);
  return { endpoint, lambda };
}

describe('a shard whose invocation is nearly at its end', () => {
  test('goes on in the next ones, and asks nothing twice', async () => {
    const store = new MemoryStore();
    await plan(store, 'run-1', { of: prompts(40) });
    const { endpoint, lambda } = answersForEach(store, 8);

    const answers: unknown[] = [];
    for (let life = 0; life < 20 && !answers.some((answer) => finished(answer)); life++)
      answers.push(await lambda.invoke());

    expect(answers.length).toBeGreaterThan(1);
    expect(answers.slice(0, -1)).toEqual(answers.slice(0, -1).map(() => ({ finished: false })));
    expect(new Set(endpoint.asked).size).toBe(endpoint.asked.length);
    expect(endpoint.asked).toHaveLength(40);
    expect(await store.read(keys.summary('run-1', 1, 'responses', 0))).toBeDefined();
  });

  test('makes the same part as one that had all the time', async () => {
    const [hurried, calm] = [new MemoryStore(), new MemoryStore()];
    for (const store of [hurried, calm]) await plan(store, 'run-1', { of: prompts(40) });
    const { lambda } = answersForEach(hurried, 8);
    while (!finished(await lambda.invoke()));
    await container(calm, new Endpoint()).invoke();

    const key = keys.part('run-1', 1, 'responses', 0);
    expect(await hurried.read(key)).toEqual(await calm.read(key));
  });

  test('fails where no call was answered in a whole invocation: it would never end', async () => {
    const store = new MemoryStore();
    await plan(store, 'run-1', { of: prompts(4) });
    const lambda = container(
      store,
      new Endpoint(() => {
        lambda.nearEnd();
        throw new DeadlineNear('The time of this invocation is nearly up.');
      }),
    );

    await expect(lambda.invoke()).rejects.toThrow(ProviderOverloaded);
  });

  test('fails with the store’s failure where what was paid for can not be written', async () => {
    const store = new AwayStore();
    await plan(store, 'run-1', { of: prompts(40) });
    store.isAway = true;
    const { lambda } = answersForEach(store, 8);

    await expect(lambda.invoke()).rejects.toThrow(StoreUnavailable);
  });
});

describe('an invocation', () => {
  test('stops its work so long before its end, and the next one begins anew', async () => {
    const invocation = new Invocation();
    const first = invocation.begin(() => 20);
    const heard: unknown[] = [];
    invocation.stop.listen((reason) => heard.push(reason));

    invocation.stopBeforeEnd(19);
    await new Promise((resolve) => first.addEventListener('abort', resolve));
    const second = invocation.begin(() => 1_000);

    expect(first.reason).toBeInstanceOf(DeadlineNear);
    expect(heard).toEqual([first.reason]);
    expect(second.aborted).toBe(false);
    invocation.stopBeforeEnd(10)();
  });
});

class AwayStore extends MemoryStore {
  isAway = false;
  override async write(key: string, body: string | AsyncIterable<string>, condition?: WriteCondition) {
    if (this.isAway && key.includes('.calls/')) throw new StoreUnavailable(`${key} can't be written`);
    return super.write(key, body, condition);
  }
}

function finished(answer: unknown): boolean {
  return (answer as { readonly finished: boolean }).finished;
}
