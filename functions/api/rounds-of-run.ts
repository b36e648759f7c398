import type { DecidedRound } from '../../core/api.ts';
import { keys } from '../../core/artifact-keys.ts';
import { evaluationSummarySchema } from '../../core/evaluation/summarize-evaluation.ts';
import type { Store } from '../../core/ports.ts';
import { decisionSchema } from '../../core/report.ts';
import { type Outcome, outcomeSchema, type Run } from '../../core/run.ts';
import { findArtifact } from '../artifacts.ts';

/** The rounds that are over, and the one under way: the last, where all are over. */
export interface Rounds {
  readonly present: number;
  readonly decided: readonly DecidedRound[];
}

export async function roundsOf(store: Store, { run, loop }: Run): Promise<Rounds> {
  const rounds = Array.from({ length: loop.rounds }, (_, index) => index + 1);
  const decided = await Promise.all(rounds.map((round) => decidedRound(store, run, round)));
  const over = decided.filter((round) => round !== undefined);
  return { present: Math.min(over.length + 1, loop.rounds), decided: over };
}

async function decidedRound(store: Store, run: string, round: number): Promise<DecidedRound | undefined> {
  const outcome = await findArtifact(store, keys.outcome(run, round), outcomeSchema);
  return outcome && withEvidence(store, run, round, outcome);
}

async function withEvidence(store: Store, run: string, round: number, outcome: Outcome): Promise<DecidedRound> {
  const [summary, decision] = await Promise.all([
    findArtifact(store, keys.evaluation(run, round), evaluationSummarySchema),
    findArtifact(store, keys.decision(run, round), decisionSchema),
  ]);
  return {
    round,
    promoted: outcome.promoted,
    incumbent: outcome.incumbent,
    winRate: summary?.evaluation.winRate ?? null,
    checkRate: summary?.heldOut.candidate.checkRate ?? null,
    reasons: decision?.reasons ?? [],
  };
}
