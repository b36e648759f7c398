import type { Report, RoundReport } from '../../../core/report.ts';

/** One of a round's examples, with the round it is from. */
export interface FromRound<T> {
  readonly round: number;
  readonly item: T;
}

/** At most `limit` examples, taken in turns from all rounds so that each is seen, and shown in their order. */
export function spread<T>(report: Report, of: (round: RoundReport) => readonly T[], limit: number): FromRound<T>[] {
  const ranked = report.rounds.flatMap((round) => of(round).map((item, rank) => ({ round: round.round, item, rank })));
  return ranked
    .toSorted((one, other) => one.rank - other.rank)
    .slice(0, limit)
    .toSorted((one, other) => one.round - other.round || one.rank - other.rank)
    .map(({ round, item }) => ({ round, item }));
}

/** How many examples there are in all rounds. */
export function totalOf(report: Report, of: (round: RoundReport) => readonly unknown[]): number {
  return report.rounds.reduce((sum, round) => sum + of(round).length, 0);
}
