import { keys } from '../core/artifact-keys.ts';
import { InvalidInput } from '../core/errors.ts';
import type { Store } from '../core/ports.ts';
import { type Run, runSchema } from '../core/run.ts';
import { findArtifact } from '../functions/artifacts.ts';

/** Every planned run, oldest first. */
export async function allRuns(store: Store): Promise<Run[]> {
  const names = new Set<string>();
  for await (const key of store.list('runs/')) names.add(key.split('/')[1] as string);
  const runs = await Promise.all([...names].map((name) => findArtifact(store, keys.run(name), runSchema)));
  return runs.filter((run) => run !== undefined).sort((a, b) => a.startedAt.localeCompare(b.startedAt));
}

/** A run by its name, or the latest. Throws InvalidInput, with the runs that there are. */
export async function findRun(store: Store, name: string | undefined): Promise<Run> {
  const runs = await allRuns(store);
  const found = name === undefined ? runs.at(-1) : runs.find(({ run }) => run === name);
  if (found) return found;
  const known = runs.map(({ run }) => run).join(', ') || 'none yet; "ratchet run loops/support-desk.yaml" makes one';
  throw new InvalidInput(name === undefined ? 'The store' : `The run ${name}`, [`no such run; there are: ${known}`]);
}

/** The rounds that a run has begun, in order. */
export async function roundsOf(store: Store, run: string): Promise<number[]> {
  const rounds = new Set<number>();
  for await (const key of store.list(`runs/${run}/`)) {
    const round = /^runs\/[^/]+\/round-(\d+)\//.exec(key)?.[1];
    if (round !== undefined) rounds.add(Number(round));
  }
  return [...rounds].sort((a, b) => a - b);
}
