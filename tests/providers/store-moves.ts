import { WriteConflict } from '../../core/errors.ts';
import type { Store } from '../../core/ports.ts';

/** Adds one by compare-and-set, as often as it takes. */
export async function increment(store: Store, key: string): Promise<void> {
  for (;;) {
    const current = await store.read(key);
    const next = String(Number(current!.body) + 1);
    if (await succeeds(store.write(key, next, { ifVersion: current!.version }))) return;
  }
}

/** Whether a conditional write won; any other failure is thrown. */
export async function succeeds(writing: Promise<unknown>): Promise<boolean> {
  try {
    await writing;
    return true;
  } catch (error) {
    if (error instanceof WriteConflict) return false;
    throw error;
  }
}

export async function* rowsUpTo(count: number, row: (n: number) => string): AsyncIterable<string> {
  for (let n = 0; n < count; n++) yield `${row(n)}\n`;
}

export async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const gathered: T[] = [];
  for await (const item of items) gathered.push(item);
  return gathered;
}
