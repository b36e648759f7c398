import { isFullyRight } from '../checks/run-checks.ts';
import type { HeldOut } from '../report.ts';
import type { Response } from '../response.ts';
import { wordCount } from '../text/words.ts';
import { isRefusal } from './refusal.ts';

/** False for a response that was refused, filtered or rejected, or is empty. */
export function isAnswered({ finish, text }: Response): boolean {
  return finish !== 'refusal' && finish !== 'filtered' && finish !== 'rejected' && text.trim() !== '';
}

/** Whether a response keeps every check, whole; undefined where its prompt has none. */
export function isRight(response: Response): boolean | undefined {
  if (response.checks.total === 0) return undefined;
  return isAnswered(response) && response.finish !== 'length' && isFullyRight(response.checks);
}

/** Counts one student's responses, one at a time: nothing but sums is kept. */
export function heldOutTally(model: string): { add(response: Response): void; result(): HeldOut } {
  let responses = 0;
  const sums = { checked: 0, right: 0, words: 0, refusals: 0, cutOff: 0, repetition: 0 };
  const mean = (sum: number) => (responses === 0 ? 0 : sum / responses);
  return {
    add(response) {
      responses += 1;
      sums.checked += response.checks.total > 0 ? 1 : 0;
      sums.right += isRight(response) ? 1 : 0;
      sums.words += wordCount(response.text);
      sums.refusals += isRefusal(response) ? 1 : 0;
      sums.cutOff += response.finish === 'length' ? 1 : 0;
      sums.repetition += repetitionOf(response.text);
    },
    result: () => ({
      model,
      responses,
      checkRate: sums.checked === 0 ? null : sums.right / sums.checked,
      meanWords: mean(sums.words),
      refusalRate: mean(sums.refusals),
      cutOffRate: mean(sums.cutOff),
      repetition: mean(sums.repetition),
    }),
  };
}

/** Share of a text's word pairs that stand in it before: 0 for a text of one or two words, near 1 for one word forever. */
export function repetitionOf(text: string): number {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const pairs = words.slice(1).map((word, index) => `${words[index]} ${word}`);
  return pairs.length === 0 ? 0 : 1 - new Set(pairs).size / pairs.length;
}
