import type { StagedCounts } from '../lib/loop-file/stage-loop.ts';

/** What the user should know before the run begins. */
export function noticesOf(counts: StagedCounts, minimumPrompts: number): string[] {
  const leftOut = [
    [counts.trainDuplicates, 'repeated prompts were left out of train'],
    [counts.heldOutDuplicates, 'repeated prompts were left out of held-out'],
    [counts.alsoHeldOut, 'prompts were left out of train because held-out has them too'],
  ].flatMap(([count, what]) => (count ? [`${count} ${what}.`] : []));
  if (counts.heldOut >= minimumPrompts) return leftOut;
  const tooFew = `Only ${counts.heldOut} held-out prompts: no candidate is promoted on fewer than ${minimumPrompts} (evaluation.minimumPrompts).`;
  return [...leftOut, tooFew];
}
