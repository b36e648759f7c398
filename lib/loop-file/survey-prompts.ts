import { createHash } from 'node:crypto';
import type { PromptSet } from '../../core/artifact-keys.ts';
import { InvalidInput } from '../../core/errors.ts';
import type { Prompt } from '../../core/prompt.ts';
import { conversationHash } from '../../core/split-held-out.ts';
import { positionTable } from './position-table.ts';
import type { PromptSource } from './prompt-source.ts';
import { readPrompts } from './read-prompts.ts';

/** The part of a source that is staged as one set: all that is known of it without holding it. */
export interface SurveyedSet {
  readonly prompts: number;
  /** Of its lines, without their ends. */
  readonly characters: number;
  /** SHA-256 of its lines, hex. */
  readonly hash: string;
  /** The lines as they are staged, each with its newline, read once more. Throws InvalidInput where they are others now. */
  lines(): AsyncIterable<string>;
}

export interface Survey {
  readonly train: SurveyedSet;
  readonly heldOut: SurveyedSet;
  /** Left out: an earlier prompt has the same conversation. */
  readonly duplicates: number;
  /** Left out: it belongs to neither set. */
  readonly neither: number;
  hasConversation(hash: string): boolean;
}

/** To which set a conversation belongs, by its hash; undefined for neither. */
export type SetOf = (conversation: string) => PromptSet | undefined;

/**
 * Reads a whole source once, checks every line, and keeps hashes: 100,000 prompts take a few MB, whatever is in them. Of
 * equal conversations the first is taken. Throws InvalidInput.
 */
export async function surveyPrompts(source: PromptSource, ownChecks: readonly string[], setOf: SetOf): Promise<Survey> {
  const first = positionTable();
  const sets = { train: emptySet(), 'held-out': emptySet() };
  let [read, neither] = [0, 0];
  for await (const prompt of readPrompts(source, ownChecks)) {
    const conversation = conversationHash(prompt);
    if (first.add(conversation, read++) !== undefined) continue;
    const set = setOf(conversation);
    if (set === undefined) neither++;
    else addTo(sets[set], prompt);
  }

  async function* again(set: PromptSet): AsyncIterable<Prompt> {
    let position = 0;
    for await (const prompt of readPrompts(source, ownChecks)) {
      const conversation = conversationHash(prompt);
      // One that was not there before is taken as well, and then the hash is another.
      const isFirst = (first.find(conversation) ?? position) === position;
      position++;
      if (isFirst && setOf(conversation) === set) yield prompt;
    }
  }
  const surveyed = (set: PromptSet): SurveyedSet => {
    const { prompts, characters, hash: running } = sets[set];
    const hash = running.digest('hex');
    return { prompts, characters, hash, lines: () => sameLines(source, again(set), hash) };
  };
  const [train, heldOut] = [surveyed('train'), surveyed('held-out')];
  const duplicates = read - neither - train.prompts - heldOut.prompts;
  return { train, heldOut, duplicates, neither, hasConversation: (hash) => first.find(hash) !== undefined };
}

function emptySet() {
  return { prompts: 0, characters: 0, hash: createHash('sha256') };
}

function addTo(set: ReturnType<typeof emptySet>, prompt: Prompt): void {
  const line = lineOf(prompt);
  set.prompts++;
  set.characters += line.length - 1;
  set.hash.update(line);
}

/** An error instead of the end keeps what was written from becoming an object. */
async function* sameLines(
  source: PromptSource,
  prompts: AsyncIterable<Prompt>,
  expected: string,
): AsyncIterable<string> {
  const hash = createHash('sha256');
  for await (const prompt of prompts) {
    const line = lineOf(prompt);
    hash.update(line);
    yield line;
  }
  if (hash.digest('hex') === expected) return;
  throw new InvalidInput(source.name, ['it changed while it was read; try again when nothing writes to it']);
}

function lineOf(prompt: Prompt): string {
  return `${JSON.stringify(prompt)}\n`;
}
