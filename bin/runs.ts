import { keys } from '../core/artifact-keys.ts';
import { ArtifactUnreadable, InvalidInput } from '../core/errors.ts';
import type { Store } from '../core/ports.ts';
import { type Run, runSchema } from '../core/run.ts';
import { findArtifact } from '../functions/artifacts.ts';
import type { Globals } from './globals.ts';
import { hint } from './hint.ts';

/** The runs of a store, oldest first; and those whose plan can't be read, by name. */
export interface Runs {
  readonly runs: readonly Run[];
  readonly unreadable: readonly string[];
}

export async function allRuns(store: Store): Promise<Runs> {
  const names = new Set<string>();
  for await (const key of store.list('runs/')) names.add(key.split('/')[1] as string);
  const runs: Run[] = [];
  const unreadable: string[] = [];
  for (const name of names) {
    const run = await readPlan(store, name);
    if (run === 'unreadable') unreadable.push(name);
    else if (run) runs.push(run);
  }
  return { runs: runs.sort((a, b) => a.startedAt.localeCompare(b.startedAt)), unreadable };
}

/** A run by its name, or the latest. Throws InvalidInput, with the runs that there are. */
export async function findRun(globals: Globals, name: string | undefined): Promise<Run> {
  const { runs, unreadable } = await allRuns(globals.store);
  const found = name === undefined ? runs.at(-1) : runs.find(({ run }) => run === name);
  if (found) return found;
  if (name !== undefined && unreadable.includes(name)) {
    throw new InvalidInput(`The run ${name}`, [`${keys.run(name)} can't be read; another version of Ratchet wrote it`]);
  }
  const first = `there are no runs here yet; start one: ${hint('run loops/support-desk.yaml', globals)}`;
  const known = `there is no such run here; there are: ${runs.map(({ run }) => run).join(', ')}`;
  throw new InvalidInput(name === undefined ? 'The command' : `The run ${name}`, [runs.length === 0 ? first : known]);
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

async function readPlan(store: Store, name: string): Promise<Run | undefined | 'unreadable'> {
  try {
    return await findArtifact(store, keys.run(name), runSchema);
  } catch (error) {
    if (error instanceof ArtifactUnreadable) return 'unreadable';
    throw error;
  }
}
