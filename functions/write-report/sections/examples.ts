import type { Report, RoundReport } from '../../../core/report.ts';
import { type Html, html } from '../html.ts';

/** One of a round's examples, with the round it is from. */
export interface FromRound<T> {
  readonly round: number;
  readonly item: T;
}

/** How many are in the page, and how many of them are seen before a click. */
const limits = { inPage: 16, open: 6 };

/** Examples taken in turns from all rounds, so that each round is seen however many there are. */
export function inTurns<T>(report: Report, of: (round: RoundReport) => readonly T[]): FromRound<T>[] {
  return report.rounds
    .flatMap((round) => of(round).map((item, turn) => ({ round: round.round, item, turn })))
    .toSorted((one, other) => one.turn - other.turn || one.round - other.round)
    .slice(0, limits.inPage);
}

/** How many examples the report has in all its rounds. */
export function totalOf(report: Report, of: (round: RoundReport) => readonly unknown[]): number {
  return report.rounds.reduce((sum, round) => sum + of(round).length, 0);
}

/** The first cards in the open, the others behind a click. */
export function cards(all: readonly Html[]): Html {
  const others = all.slice(limits.open);
  return html`${all.slice(0, limits.open)}${
    others.length > 0 && html`<details class="others"><summary>Show ${others.length} more</summary>${others}</details>`
  }`;
}
