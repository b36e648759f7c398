import { encode, special } from '../support-desk/vocabulary.ts';
import type { Sequence } from './batches.ts';
import { shape } from './shape.ts';

/** What the student reads: plain text per turn. */
export interface Turn {
  readonly role: 'system' | 'user' | 'assistant';
  readonly text: string;
}

/**
 * Tokens a prompt may take; the rest of the context is the response's. The same in training and in sampling, so that the
 * student meets every prompt at the same positions.
 */
export const promptLimit = 20;

/** Tokens that a response may take, its `<end>` included. */
export const responseLimit = shape.context - promptLimit;

/**
 * `<user> … <assistant>`, at most `promptLimit` tokens. The newest turn stays, cut on its left if it must be; older turns
 * stay whole, newest first, as long as they fit. A long system message is therefore dropped, not half read.
 */
export function promptTokens(turns: readonly Turn[]): number[] {
  const room = promptLimit - 1;
  let kept: number[] = [];
  for (const turn of turns.toReversed()) {
    const tokens = turnTokens(turn);
    if (kept.length === 0 && tokens.length > room) {
      kept = [tokens[0] as number, ...tokens.slice(1 - room)];
      break;
    }
    if (kept.length + tokens.length > room) break;
    kept = [...tokens, ...kept];
  }
  return [...kept, special.assistant];
}

/** A prompt and its response, cut to the context; only the response's tokens are learned. */
export function sequenceOf(turns: readonly Turn[], response: string): Sequence {
  return sequenceOfTokens(promptTokens(turns), [...encode(response), special.end]);
}

export function sequenceOfTokens(prompt: readonly number[], response: readonly number[]): Sequence {
  const learned = response.slice(0, shape.context - prompt.length);
  return { tokens: [...prompt, ...learned], weight: [...prompt.map(() => 0), ...learned.map(() => 1)] };
}

function turnTokens({ role, text }: Turn): number[] {
  const words = encode(text);
  return role === 'assistant' ? [special.assistant, ...words, special.end] : [special[role], ...words];
}
