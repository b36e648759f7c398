import * as z from 'zod';
import { RequestRefused } from '../problem.ts';

/** Where a page begins: a row of a shard's part, both counted from 0. */
export interface PairPlace {
  readonly round: number;
  readonly shard: number;
  readonly row: number;
}

const count = z.int().min(0);
const schema = z.tuple([z.int().min(1), count, count]);

/** Opaque to the sender, who has only to hand it back. */
export function cursorOf({ round, shard, row }: PairPlace): string {
  return Buffer.from(JSON.stringify([round, shard, row])).toString('base64url');
}

/** Throws RequestRefused for what `cursorOf` has not made. */
export function placeOf(cursor: string): PairPlace {
  try {
    const [round, shard, row] = schema.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')));
    return { round, shard, row };
  } catch {
    throw new RequestRefused(400, 'The request can’t be used.', [
      { path: 'next', message: 'it is not what a page before has said' },
    ]);
  }
}
