/**
 * Which of two is better, or neither: a tie or an abstention decides nothing. `slot` numbers the comparisons of a search: the
 * same one has the same number, whichever is answered first.
 */
export type Decide<T> = (first: T, second: T, slot: number) => Promise<'first' | 'second' | 'neither'>;

/**
 * The best and the worst of k items in ⌈3k/2⌉ − 2 comparisons: pairs first, then the winners among themselves for the
 * best and the losers for the worst; one comparison less where the odd one out is the best. They are two different
 * items even if the decisions go in a circle. An undecided comparison lets the earlier item of the given order go on;
 * the confirmation in both orders that follows is what a label rests on, not this search.
 */
export async function findExtremes<T>(items: readonly T[], decide: Decide<T>): Promise<{ best: T; worst: T }> {
  if (items.length < 2) throw new RangeError(`findExtremes needs two items at least, got ${items.length}`);
  const couples: [T, T][] = [];
  for (let i = 0; i + 1 < items.length; i += 2) couples.push([items[i] as T, items[i + 1] as T]);
  // What does not depend on one another is asked at the same time.
  const decided = await Promise.all(couples.map(([first, second], slot) => decide(first, second, slot)));
  const winners = couples.map(([first, second], index) => (decided[index] === 'second' ? second : first));
  const losers = couples.map(([first, second], index) => (decided[index] === 'second' ? first : second));
  // From here on the slots of the two brackets alternate.
  const slots = couples.length;
  if (items.length % 2 === 0) {
    const [best, worst] = await Promise.all([bestOf(winners, decide, slots), worstOf(losers, decide, slots + 1)]);
    return { best, worst };
  }
  // The odd one out stands on both sides.
  const last = items.at(-1) as T;
  const best = await bestOf([...winners, last], decide, slots);
  const others = [...losers, last].filter((item) => item !== best);
  return { best, worst: await worstOf(others, decide, slots + 1) };
}

async function bestOf<T>(items: readonly T[], decide: Decide<T>, slot: number): Promise<T> {
  let best = items[0] as T;
  for (const [index, item] of items.slice(1).entries()) {
    if ((await decide(best, item, slot + 2 * index)) === 'second') best = item;
  }
  return best;
}

async function worstOf<T>(items: readonly T[], decide: Decide<T>, slot: number): Promise<T> {
  let worst = items[0] as T;
  for (const [index, item] of items.slice(1).entries()) {
    if ((await decide(worst, item, slot + 2 * index)) === 'first') worst = item;
  }
  return worst;
}
