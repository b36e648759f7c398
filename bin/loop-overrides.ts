import { InvalidInput } from '../core/errors.ts';
import type { LoopSource } from '../lib/loop-file/read-loop-file.ts';

/** What the command line gives instead of what the loop file says. */
export interface LoopOverrides {
  readonly rounds?: number | undefined;
  readonly seed?: number | undefined;
}

/** Throws InvalidInput where the loop file would not be allowed to say so either. */
export function withOverrides(source: LoopSource, { rounds, seed }: LoopOverrides): LoopSource {
  if (rounds !== undefined && rounds > 1 && !source.file.trainer) {
    throw new InvalidInput('The command', [
      '--rounds: the loop has no trainer, and without one there is one round; leave it out, or give the loop a trainer',
    ]);
  }
  return { ...source, file: { ...source.file, rounds: rounds ?? source.file.rounds, seed: seed ?? source.file.seed } };
}
