/** Which of two is better, or neither: a tie or an abstention decides nothing. */
export type Decide<T> = (first: T, second: T) => Promise<'first' | 'second' | 'neither'>;

/**
 * The best and the worst of k items in ⌈3k/2⌉ − 2 comparisons: pairs first, then the winners among themselves for the
 * best and the losers for the worst; one comparison less where the odd one out is the best. They are two different
 * items even if the decisions go in a circle. An undecided comparison lets the earlier item of the given order go on;
 * the confirmation in both orders that follows is what a label rests on, not this search.
 */
export async function findExtremes<T>(items: readonly T[], decide: Decide<T>): Promise<{ best: T; worst: T }> {
  if (items.length < 2) throw new RangeError(`findExtremes needs two items at least, got ${items.length}`);
  const winners: T[] = [];
  const losers: T[] = [];
  for (let i = 0; i + 1 < items.length; i += 2) {
    const [first, second] = [items[i] as T, items[i + 1] as T];
    const secondWins = (await decide(first, second)) === 'second';
    winners.push(secondWins ? second : first);
    losers.push(secondWins ? first : second);
  }
  if (items.length % 2 === 1) {
    const last = items.at(-1) as T;
    winners.push(last);
    losers.push(last);
  }
  const best = await bestOf(winners, decide);
  // The odd one out stands on both sides.
  const others = losers.filter((item) => item !== best);
  return { best, worst: await worstOf(others, decide) };
}

async function bestOf<T>(items: readonly T[], decide: Decide<T>): Promise<T> {
  let best = items[0] as T;
  for (const item of items.slice(1)) if ((await decide(best, item)) === 'second') best = item;
  return best;
}

async function worstOf<T>(items: readonly T[], decide: Decide<T>): Promise<T> {
  let worst = items[0] as T;
  for (const item of items.slice(1)) if ((await decide(worst, item)) === 'first') worst = item;
  return worst;
}
