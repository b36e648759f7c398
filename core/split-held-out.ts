import type { Prompt } from './prompt.ts';
import { contentHash, randomFor } from './random.ts';

/**
 * Whether a conversation is among the share (about, 0 to 1) that is held out. Each is decided by itself, from its content:
 * equal conversations stay together, and prompts that are added later never move an old one from train to held-out.
 */
export function isHeldOut(conversation: string, share: number): boolean {
  return randomFor('held-out', conversation).next() < share;
}

/** The name of what the student is asked: equal for prompts that differ in id, checks, reference or tags alone. */
export function conversationHash(prompt: Pick<Prompt, 'messages'>): string {
  return contentHash(JSON.stringify(prompt.messages));
}
