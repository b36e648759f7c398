import type { Prompt } from './prompt.ts';
import { contentHash, randomFor } from './random.ts';

/**
 * Holds out about `share` (0 to 1) of the prompts. Each conversation is decided by itself, from its content: equal
 * conversations stay together, and prompts that are added later never move an old one from train to held-out.
 */
export function splitHeldOut(
  prompts: readonly Prompt[],
  share: number,
): { readonly train: Prompt[]; readonly heldOut: Prompt[] } {
  const isHeldOut = prompts.map((prompt) => randomFor('held-out', conversationHash(prompt)).next() < share);
  return {
    train: prompts.filter((_, index) => !isHeldOut[index]),
    heldOut: prompts.filter((_, index) => isHeldOut[index]),
  };
}

/** The name of what the student is asked: equal for prompts that differ in id, checks, reference or tags alone. */
export function conversationHash(prompt: Pick<Prompt, 'messages'>): string {
  return contentHash(JSON.stringify(prompt.messages));
}
