/** Pairs of yes-or-no results of two students on the same prompts. */
export interface PairedCounts {
  readonly pairs: number;
  /** Pairs where only the first has a yes. */
  readonly onlyFirst: number;
  /** Pairs where only the second has a yes. */
  readonly onlySecond: number;
}

/** The 95th percentile of the normal distribution. */
const z95 = 1.6448536269514722;

/**
 * One-sided 95 % lower bound of (share of the first − share of the second) by Tango's score method for paired
 * proportions (Statistics in Medicine 17, 1998, 891–908). Unlike the plain normal bound it does not collapse to a point
 * where no pair differs. −1 where there is no pair.
 */
export function differenceLowerBound(counts: PairedCounts): number {
  let ruledOut = -1;
  let possible = 1;
  while (possible - ruledOut > 1e-6) {
    const middle = (ruledOut + possible) / 2;
    if (score(counts, middle) > z95) ruledOut = middle;
    else possible = middle;
  }
  return ruledOut;
}

/** How many standard errors the counts lie above a true difference of `difference`, −1 to 1 exclusive. */
function score({ pairs, onlyFirst, onlySecond }: PairedCounts, difference: number): number {
  // The likeliest share of onlySecond under that difference: the larger root of a·x² + b·x + c.
  const a = 2 * pairs;
  const b = (2 * pairs - onlyFirst + onlySecond) * difference - onlyFirst - onlySecond;
  const c = -onlySecond * difference * (1 - difference);
  const share = (Math.sqrt(Math.max(0, b * b - 4 * a * c)) - b) / (2 * a);
  const variance = pairs * (2 * share + difference * (1 - difference));
  const surplus = onlyFirst - onlySecond - pairs * difference;
  return variance > 0 ? surplus / Math.sqrt(variance) : surplus * Number.POSITIVE_INFINITY;
}
