import * as z from 'zod';
import { keys } from '../core/artifact-keys.ts';
import type { Store } from '../core/ports.ts';
import { outcomeSchema, type Run, runName, servingSchema } from '../core/run.ts';
import { readArtifact } from './artifacts.ts';

/** What the steps of a round are called with. */
export const roundInput = z.strictObject({ run: runName, round: z.int().min(1) });
export const shardInput = roundInput.extend({ shard: z.int().min(0) });

/** The student that a round starts from: the run's incumbent, or what the round before left. Frozen, so that a retry sees the same. */
export async function incumbentOf(store: Store, run: Run, round: number): Promise<string> {
  if (round === 1) return run.incumbent;
  return (await readArtifact(store, keys.outcome(run.run, round - 1), outcomeSchema)).incumbent;
}

/** When a round began: with the run, or when the round before was over; undefined where nothing says. */
export async function beganAt(store: Store, run: Run, round: number): Promise<Date | undefined> {
  if (round === 1) return new Date(run.startedAt);
  const { at } = await readArtifact(store, keys.outcome(run.run, round - 1), outcomeSchema);
  return at === undefined ? undefined : new Date(at);
}

/** The model id of the round's candidate, once it is served. */
export async function candidateOf(store: Store, run: string, round: number): Promise<string> {
  const serving = await readArtifact(store, keys.serving(run, round), servingSchema);
  // The workflow comes here only after the phase ready, which names a model.
  return serving.model as string;
}

/**
 * Names a response to be sampled. Not by the salt: a changed rubric, or a prompt more, is no reason to ask a student for
 * the others again.
 */
export function samplingKey({ loop }: Run, round: number, promptId: string): string {
  return `${loop.seed}/${round}/${promptId}`;
}

/** Names a choice of the run; equal for equal seeds, whatever the run is called. */
export function choiceKey(run: Run, round: number, promptId: string): string {
  return `${run.salt}/${run.loop.seed}/${round}/${promptId}`;
}
