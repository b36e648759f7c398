import type * as z from 'zod';
import { listPairsSchema } from '../../../core/api.ts';
import { keys } from '../../../core/artifact-keys.ts';
import { pairListSchema } from '../../../core/pair-list.ts';
import type { Store } from '../../../core/ports.ts';
import { type Run, runSchema } from '../../../core/run.ts';
import { findArtifact } from '../../artifacts.ts';
import { nothing, type Route } from '../define-route.ts';
import { RequestRefused } from '../problem.ts';
import { runPath } from '../run-route.ts';
import { cursorOf, placeOf } from './cursor.ts';
import { pageFrom } from './page-from.ts';

/** GET /runs/{run}/pairs: as far as they are built, shard by shard. */
export const listPairs: Route<
  typeof runPath,
  typeof listPairsSchema,
  typeof nothing,
  typeof pairListSchema,
  { readonly store: Store }
> = {
  name: 'list-pairs',
  path: runPath,
  query: listPairsSchema,
  body: nothing,
  answer: pairListSchema,
  async run({ path, query }, { store }) {
    const run = await findArtifact(store, keys.run(path.run), runSchema);
    if (run === undefined) throw new RequestRefused(404, `There is no run ${path.run}, or it is not planned yet.`);
    const from = await beginning(store, run, query);
    const { pairs, next } = await pageFrom(store, run, from, query.limit);
    return { body: { round: from.round, pairs, next: next ? cursorOf(next) : null } };
  },
};

async function beginning(store: Store, run: Run, { round, next }: z.output<typeof listPairsSchema>) {
  const from = next === undefined ? undefined : placeOf(next);
  if (from && round !== undefined && round !== from.round) {
    throw new RequestRefused(400, 'The request can’t be used.', [
      { path: 'round', message: `next is in round ${from.round}: leave round out, or ask for that one` },
    ]);
  }
  return from ?? { round: round ?? (await latestRound(store, run)), shard: 0, row: 0 };
}

/** The last round that has pairs; the first, where none has. */
async function latestRound(store: Store, run: Run): Promise<number> {
  const rounds = Array.from({ length: run.loop.rounds }, (_, index) => index + 1);
  const begun = await Promise.all(rounds.map((round) => hasPairs(store, run.run, round)));
  return Math.max(1, begun.lastIndexOf(true) + 1);
}

async function hasPairs(store: Store, run: string, round: number): Promise<boolean> {
  const first = keys.part(run, round, 'pairs', 0);
  for await (const _ of store.list(first.slice(0, first.lastIndexOf('/') + 1))) return true;
  return false;
}
