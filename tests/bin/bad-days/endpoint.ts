import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import type { CallCount, Counts } from '../../endpoint-simulator/call-counts.ts';
import type { SimulatorOptions } from '../../endpoint-simulator/simulator-options.ts';

const serve = join(import.meta.dirname, '../../endpoint-simulator/serve.ts');

/** The simulator in a process of its own: it goes on counting whatever becomes of those that call it. */
export interface Endpoint {
  readonly url: string;
  counts(): Promise<Counts>;
  /** What became of each call, by its hash; nothing is under way any more. */
  quietCalls(): Promise<ReadonlyMap<string, CallCount>>;
  close(): Promise<void>;
}

export async function openEndpoint(options: SimulatorOptions): Promise<Endpoint> {
  const child = spawn(process.execPath, [serve, JSON.stringify(options)], { stdio: ['pipe', 'pipe', 'inherit'] });
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  const { url } = JSON.parse(line) as { readonly url: string };
  const page = async <T>(path: string): Promise<T> => (await (await fetch(new URL(path, url))).json()) as T;
  const counts = (): Promise<Counts> => page('/counts');
  return {
    url,
    counts,
    async quietCalls() {
      await until(async () => (await counts()).inFlight === 0);
      return new Map(Object.entries(await page<Record<string, CallCount>>('/calls')));
    },
    async close() {
      child.stdin.end();
      await once(child, 'close');
    },
  };
}

/** Looks again and again until it is so; the test's own time limit ends a wait in vain. */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await pause(10);
}

/** Calls that were made again after they had been made before. */
export function repeatedBetween(
  before: ReadonlyMap<string, CallCount>,
  after: ReadonlyMap<string, CallCount>,
): readonly string[] {
  return [...before].flatMap(([call, { attempts }]) => ((after.get(call)?.attempts ?? 0) > attempts ? [call] : []));
}
