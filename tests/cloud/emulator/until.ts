import { setTimeout as pause } from 'node:timers/promises';

/** Looks again and again until there is something. @throws Error when there is nothing after that many seconds. */
export async function until<T>(what: string, look: () => Promise<T | undefined>, seconds = 30): Promise<T> {
  const deadline = Date.now() + seconds * 1000;
  while (Date.now() < deadline) {
    const found = await look();
    if (found !== undefined) return found;
    await pause(50);
  }
  throw new Error(`After ${seconds} seconds there is still no ${what}.`);
}
