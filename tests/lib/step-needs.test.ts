import { describe, expect, test } from '@jest/globals';
import { InvalidInput } from '../../core/errors.ts';
import type { Store } from '../../core/ports.ts';
import type { ApprovalPoint } from '../../core/run.ts';
import { defineStep } from '../../functions/define-step.ts';
import { Invocation } from '../../functions/invocation.ts';
import { steps } from '../../functions/steps.ts';
import { stepNeeds } from '../../lib/step-needs.ts';
import { LoopWorld, type WorldScript } from './workflow/loop-world.ts';

// The steps log for CloudWatch; here nobody reads it.
process.env['POWERTOOLS_LOG_LEVEL'] = 'SILENT';

type Operation = 'reads' | 'writes' | 'deletes';

/** What each step has done to which key, over all worlds: `sample-responses reads runs/run-1/run.json`. */
class Watched {
  readonly seen = new Map<string, { step: string; operation: Operation; key: string }>();

  storeFor(step: string, store: Store): Store {
    const see = (operation: Operation, key: string) => {
      this.seen.set(`${step} ${operation} ${key}`, { step, operation, key });
    };
    return {
      async read(key) {
        // Looking for what is not there needs only the right to list.
        const found = await store.read(key);
        if (found) see('reads', key);
        return found;
      },
      lines(key) {
        see('reads', key);
        return store.lines(key);
      },
      write(key, body, condition) {
        see('writes', key);
        return store.write(key, body, condition);
      },
      list: (prefix) => store.list(prefix),
      async delete(key) {
        see('deletes', key);
        return store.delete(key);
      },
    };
  }
}

/** As IAM reads a pattern of resources. */
function fits(pattern: string, key: string): boolean {
  const literal = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${literal.join('.*')}$`).test(key);
}

const scripts: readonly (WorldScript & { readonly approve?: ApprovalPoint })[] = [
  { loop: { rounds: 2, budget: { calls: 10_000 } }, serving: [['pending', 'ready']] },
  { loop: { approval: 'before-training' }, approve: 'training' },
  { loop: { approval: 'before-promotion' }, approve: 'promotion' },
  { worth: () => 0 },
  { loop: { trainer: undefined } },
  { loop: { budget: { calls: 30 } } },
];

/** What a step needs after a crash, in a second life, where an earlier run is used again, or in AWS only. */
const inTrouble = [
  'plan-run reads runs/*/round-*/*/*.calls/*',
  'plan-run writes loops/*/staged/*/loop.json',
  'plan-run writes loops/*/staged/*.jsonl',
  'sample-responses reads loops/*/calls/*',
  'sample-responses deletes loops/*/calls/*',
  'judge-responses deletes loops/*/calls/*',
  'build-pairs reads runs/*/round-*/pairs/*.jsonl',
  'evaluate-candidate reads runs/*/round-*/evaluation/*.calls/*',
  'evaluate-candidate reads runs/*/round-*/evaluation/*.jsonl',
  'decide-promotion reads runs/*/budget.json',
  'await-approval reads runs/*/execution.json',
];

async function watchedWorlds(): Promise<Watched> {
  const watched = new Watched();
  for (const { approve, ...script } of scripts) {
    const world = new LoopWorld(script);
    const handlers = new Map(
      [...steps].map(([name, step]) => [
        name,
        defineStep(step, () => {
          const services = world.services();
          return { ...services, store: watched.storeFor(name, services.store), invocation: new Invocation() };
        }),
      ]),
    );
    await world.run(handlers);
    // Once more: what is finished is found.
    if (approve) world.answerApproval(1, true, approve);
    await world.run(handlers);
  }
  const failing = new LoopWorld();
  const broken = new Map(
    [...steps].map(([name, step]) => [
      name,
      defineStep(
        name === 'judge-responses' ? { ...step, run: () => Promise.reject(new InvalidInput('It', ['breaks'])) } : step,
        () => {
          const services = failing.services();
          return { ...services, store: watched.storeFor(name, services.store), invocation: new Invocation() };
        },
      ),
    ]),
  );
  await failing.run(broken);
  return watched;
}

describe('what the role of each step may do to the store', () => {
  let all: Awaited<ReturnType<typeof watchedWorlds>>;
  const watch = async () => {
    all ??= await watchedWorlds();
    return [...all.seen.values()];
  };

  test('is enough for whole runs, with budget, approval, failure, and without a trainer', async () => {
    const denied = (await watch()).filter(({ step, operation, key }) => {
      const { store } = stepNeeds[step]!;
      // Who may write may look whether it is written.
      const patterns =
        operation === 'reads' ? [...(store.reads ?? []), ...(store.writes ?? [])] : (store[operation] ?? []);
      return !patterns.some((pattern) => fits(pattern, key));
    });

    expect(denied).toEqual([]);
    expect(new Set((await watch()).map(({ step }) => step))).toEqual(new Set(Object.keys(stepNeeds)));
  });

  test('is not more: each pattern is used', async () => {
    const seen = await watch();
    const unused = Object.entries(stepNeeds).flatMap(([step, { store }]) =>
      (['reads', 'writes', 'deletes'] as const).flatMap((operation) =>
        (store[operation] ?? [])
          .filter(
            (pattern) =>
              !seen.some((one) => one.step === step && one.operation === operation && fits(pattern, one.key)),
          )
          .map((pattern) => `${step} ${operation} ${pattern}`),
      ),
    );

    expect(unused.toSorted()).toEqual(inTrouble.toSorted());
  });

  test('is said for every step of the workflow, and for no other', () => {
    expect(Object.keys(stepNeeds).toSorted()).toEqual([...steps.keys()].toSorted());
  });
});
