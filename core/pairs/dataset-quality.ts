import type { Loop } from '../loop.ts';
import type { Dataset } from '../report.ts';
import { fewestRecords } from '../training/lint-dataset.ts';

/** Words of the two sides of a pair. */
export interface PairLength {
  readonly chosenWords: number;
  readonly rejectedWords: number;
}

/** Mean words of chosen over rejected. Outside, training teaches length, and DPO amplifies it (arXiv 2403.19159). */
const soundLengthRatio = { low: 0.9, high: 1.15 };
/** When one side is the longer this often, length alone nearly tells which is chosen. */
const sweep = 0.9;
/** Fewer pairs sweep by chance. */
const fewestForSweep = 10;

/** What a look at the lengths and counts of a dataset tells, with warnings in words. */
export function qualityOf(
  lengths: readonly PairLength[],
  train: number,
  { minimum }: Pick<Loop['pairs'], 'minimum'>,
): Pick<Dataset, 'meanWords' | 'chosenLonger' | 'warnings'> {
  const meanWords = {
    chosen: mean(lengths.map(({ chosenWords }) => chosenWords)),
    rejected: mean(lengths.map(({ rejectedWords }) => rejectedWords)),
  };
  const warnings = [...countWarnings(train, minimum), ...ratioWarnings(meanWords), ...sweepWarnings(lengths)];
  return { meanWords, chosenLonger: lengths.length === 0 ? null : shareOf(lengths, isLonger), warnings };
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

function sweepWarnings(lengths: readonly PairLength[]): string[] {
  if (lengths.length < fewestForSweep) return [];
  const sides = [
    ['longer', shareOf(lengths, isLonger)],
    ['shorter', shareOf(lengths, isShorter)],
  ] as const;
  return sides
    .filter(([, share]) => share > sweep)
    .map(
      ([side, share]) =>
        `The chosen response is the ${side} one in ${Math.round(share * 100)} % of the pairs: length alone nearly tells which it is.`,
    );
}

function isLonger({ chosenWords, rejectedWords }: PairLength): boolean {
  return chosenWords > rejectedWords;
}

function isShorter({ chosenWords, rejectedWords }: PairLength): boolean {
  return chosenWords < rejectedWords;
}

function shareOf(lengths: readonly PairLength[], holds: (one: PairLength) => boolean): number {
  return lengths.filter(holds).length / lengths.length;
}

function mean(numbers: readonly number[]): number {
  return numbers.reduce((sum, one) => sum + one, 0) / Math.max(1, numbers.length);
}
