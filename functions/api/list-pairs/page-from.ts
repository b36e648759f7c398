import { keys } from '../../../core/artifact-keys.ts';
import { ArtifactMissing } from '../../../core/errors.ts';
import { type PreferencePair, preferencePairSchema } from '../../../core/pairs/preference-pair.ts';
import type { Store } from '../../../core/ports.ts';
import type { Run } from '../../../core/run.ts';
import { readRows } from '../../artifacts.ts';
import type { PairPlace } from './cursor.ts';

/** Lambda answers with 6 MB at most, and the rest of an answer is small. */
const MOST_BYTES = 5_000_000;
/** Shards looked into for one page, at 10 to 30 ms each; where many have nothing yet, a page is short and says what is next. */
const MOST_SHARDS = 200;

/** Pairs from a place on, and where the page after begins; a pair is never left out, so one that is too large comes alone. */
export async function pageFrom(
  store: Store,
  run: Run,
  from: PairPlace,
  limit: number,
): Promise<{ readonly pairs: PreferencePair[]; readonly next: PairPlace | undefined }> {
  const pairs: PreferencePair[] = [];
  let bytes = 0;
  const { round } = from;
  const end = Math.min(run.shards.train, from.shard + MOST_SHARDS);
  for (let shard = from.shard; shard < end; shard++) {
    let row = 0;
    for await (const pair of rowsOf(store, run.run, round, shard)) {
      const isAfter = shard > from.shard || row >= from.row;
      if (isAfter) {
        bytes += Buffer.byteLength(JSON.stringify(pair));
        const isFull = pairs.length === limit || (pairs.length > 0 && bytes > MOST_BYTES);
        if (isFull) return { pairs, next: { round, shard, row } };
        pairs.push(pair);
      }
      row++;
    }
  }
  return { pairs, next: end < run.shards.train ? { round, shard: end, row: 0 } : undefined };
}

/** None of a shard whose pairs are not built yet. */
async function* rowsOf(store: Store, run: string, round: number, shard: number): AsyncIterable<PreferencePair> {
  try {
    yield* readRows(store, keys.part(run, round, 'pairs', shard), preferencePairSchema);
  } catch (error) {
    if (!(error instanceof ArtifactMissing)) throw error;
  }
}
