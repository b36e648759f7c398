import type { Loop } from '../loop.ts';
import type { Dataset } from '../report.ts';
import { fewestRecords } from '../training/lint-dataset.ts';

/** The lengths of a dataset's pairs, in words, added up. */
export class LengthTally {
  pairs = 0;
  chosenWords = 0;
  rejectedWords = 0;
  /** Pairs whose chosen response has more words, and fewer. */
  longer = 0;
  shorter = 0;

  add(chosenWords: number, rejectedWords: number): void {
    this.pairs += 1;
    this.chosenWords += chosenWords;
    this.rejectedWords += rejectedWords;
    if (chosenWords > rejectedWords) this.longer += 1;
    if (chosenWords < rejectedWords) this.shorter += 1;
  }
}

/** Mean words of chosen over rejected. Outside, training teaches length, and DPO amplifies it (arXiv 2403.19159). */
const soundLengthRatio = { low: 0.9, high: 1.15 };
/** When one side is the longer this often, length alone nearly tells which is chosen. */
const sweep = 0.9;
/** Fewer pairs sweep by chance. */
const fewestForSweep = 10;

/** What a look at the lengths and counts of a dataset tells, with warnings in words. */
export function qualityOf(
  lengths: Readonly<LengthTally>,
  train: number,
  { minimum }: Pick<Loop['pairs'], 'minimum'>,
): Pick<Dataset, 'meanWords' | 'chosenLonger' | 'warnings'> {
  const { pairs, chosenWords, rejectedWords, longer } = lengths;
  const meanWords = { chosen: chosenWords / Math.max(1, pairs), rejected: rejectedWords / Math.max(1, pairs) };
  const warnings = [...countWarnings(train, minimum), ...ratioWarnings(meanWords), ...sweepWarnings(lengths)];
  return { meanWords, chosenLonger: pairs === 0 ? null : longer / pairs, warnings };
}

function countWarnings(train: number, minimum: number): string[] {
  if (train < minimum) return [`Pairs to train on: ${train}; the loop asks for ${minimum} at least.`];
  if (train < fewestRecords) return [`Pairs to train on: ${train}; trainers take no fewer than ${fewestRecords}.`];
  return [];
}

function ratioWarnings({ chosen, rejected }: Dataset['meanWords']): string[] {
  const ratio = chosen / rejected;
  if (rejected === 0 || (ratio >= soundLengthRatio.low && ratio <= soundLengthRatio.high)) return [];
  const { low, high } = soundLengthRatio;
  return [
    `Chosen responses have ${ratio.toFixed(2)} times the words of rejected ones: training may teach length; ${low} to ${high} is sound.`,
  ];
}

function sweepWarnings({ pairs, longer, shorter }: Readonly<LengthTally>): string[] {
  if (pairs < fewestForSweep) return [];
  const sides = [
    ['longer', longer / pairs],
    ['shorter', shorter / pairs],
  ] as const;
  return sides
    .filter(([, share]) => share > sweep)
    .map(
      ([side, share]) =>
        `The chosen response is the ${side} one in ${Math.round(share * 100)} % of the pairs: length alone nearly tells which it is.`,
    );
}
