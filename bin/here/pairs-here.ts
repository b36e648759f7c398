import { keys } from '../../core/artifact-keys.ts';
import { InvalidInput } from '../../core/errors.ts';
import { type PreferencePair, preferencePairSchema } from '../../core/pairs/preference-pair.ts';
import type { Store } from '../../core/ports.ts';
import type { Run } from '../../core/run.ts';
import { readRows } from '../../functions/artifacts.ts';
import { findSummary } from '../../functions/finish-part.ts';
import type { Globals } from '../globals.ts';
import { findRun, roundsOf } from '../runs.ts';
import type { FoundPairs, WantedPairs } from '../world.ts';

/** Pairs of a round as far as they are built, in the order of the prompts. Throws InvalidInput where there are none. */
export async function pairsHere(
  globals: Globals,
  name: string | undefined,
  { round: wanted, limit }: WantedPairs,
): Promise<FoundPairs> {
  const { store } = globals;
  const run = await findRun(globals, name);
  const rounds = wanted === undefined ? (await roundsOf(store, run.run)).toReversed() : [wanted];
  for (const round of rounds) {
    const found = await firstPairs(store, run, round, limit + 1);
    if (found.length > 0) {
      return { run: run.run, round, pairs: found.slice(0, limit), hasMore: found.length > limit };
    }
  }
  const where = wanted === undefined ? '' : ` of round ${wanted}`;
  throw new InvalidInput(`The run ${run.run}`, [`it has no pairs${where}; the report says why, or it is under way`]);
}

async function firstPairs(store: Store, run: Run, round: number, count: number): Promise<PreferencePair[]> {
  const found: PreferencePair[] = [];
  for (let shard = 0; shard < run.shards.train; shard++) {
    if (!(await findSummary(store, { run: run.run, round, part: 'pairs', shard }))) continue;
    for await (const pair of readRows(store, keys.part(run.run, round, 'pairs', shard), preferencePairSchema)) {
      found.push(pair);
      if (found.length === count) return found;
    }
  }
  return found;
}
