import type { Store } from '../../../core/ports.ts';
import { directoryStore } from '../../../providers/directory/store.ts';
import { increment, rowsUpTo, succeeds } from '../store-moves.ts';

/** What another process does to a store in the tests: `node child.ts <root> <task>`. It prints what came of it as JSON. */
const tasks: Readonly<Record<string, (store: Store) => Promise<unknown>>> = {
  increment: async (store) => {
    for (let turn = 0; turn < 60; turn++) await increment(store, 'count');
    return 'done';
  },
  create: async (store) => {
    let wins = 0;
    for (let n = 0; n < 100; n++) if (await succeeds(store.write(`objects/${n}`, 'x', { ifAbsent: true }))) wins++;
    return wins;
  },
  'write forever': (store) => store.write('rows.jsonl', rowsUpTo(Number.POSITIVE_INFINITY, announced)),
  'write once': async (store) => {
    // Permissions don't stop root, so a test that root runs becomes somebody whom they stop.
    if (process.getuid?.() === 0) process.setuid?.(65534);
    try {
      return await store.write('object', 'x');
    } catch (error) {
      return { name: (error as Error).name, message: (error as Error).message };
    }
  },
  stream: async (store) => {
    const held: number[] = [];
    const row = (n: number) => {
      if (n % 10_000 === 0) held.push(heldMegabytes());
      return 'x'.repeat(2000);
    };
    await store.write('rows.jsonl', rowsUpTo(150_000, row));
    let bytes = 0;
    let lines = 0;
    for await (const line of store.lines('rows.jsonl')) {
      bytes += line.length + 1;
      if (++lines % 10_000 === 0) held.push(heldMegabytes());
    }
    return { bytes, samples: held.length, mostHeldMegabytes: Math.max(...held) - held[0]! };
  },
};

/**
 * What is in use, after all that is not has been collected: a peak of the process would tell when V8 chose to collect, and
 * that hangs on how busy the machine is. Twice, since the first collection may leave buffers to be swept later.
 */
function heldMegabytes(): number {
  gc!();
  gc!();
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / 1024 / 1024;
}

/** The parent waits for this word before it kills. */
function announced(n: number): string {
  if (n === 10_000) process.stdout.write('writing');
  return 'x'.repeat(100);
}

const [, , root, task] = process.argv;
const outcome = await tasks[task!]!(directoryStore(root!));
process.stdout.write(JSON.stringify(outcome));
