import { createHash } from 'node:crypto';
import { keys, type PromptSet } from '../../core/artifact-keys.ts';
import { ArtifactUnreadable, InvalidInput, WriteConflict } from '../../core/errors.ts';
import { type Loop, loopDocumentSchema } from '../../core/loop.ts';
import type { Store } from '../../core/ports.ts';
import type { Prompt } from '../../core/prompt.ts';
import { conversationHash, splitHeldOut } from '../../core/split-held-out.ts';
import type { LoopSource } from './read-loop-file.ts';
import { readPrompts } from './read-prompts.ts';

/** How many prompts were staged, and how many were not. */
export interface StagedCounts {
  readonly train: number;
  readonly heldOut: number;
  /** Left out: an earlier prompt of the same file has the same conversation. */
  readonly trainDuplicates: number;
  readonly heldOutDuplicates: number;
  /** Left out of train: held-out has the same conversation, and what is trained on proves nothing. */
  readonly alsoHeldOut: number;
}

export interface StagedLoop {
  readonly loop: string;
  /** A hash of the whole content: the same loop and prompts are staged under the same version, and once. */
  readonly version: string;
  readonly counts: StagedCounts;
}

/** Writes the whole loop to the store: document and prompts. Staging it again changes nothing. Throws InvalidInput. */
export async function stageLoop(store: Store, source: LoopSource): Promise<StagedLoop> {
  const document = documentOf(source);
  const { train, heldOut, counts } = await promptsOf(source);
  const bodies = { train: linesOf(train), heldOut: linesOf(heldOut), loop: `${JSON.stringify(document, null, 2)}\n` };
  const version = versionOf([bodies.loop, bodies.train, bodies.heldOut]);

  const at = (set: PromptSet) => keys.stagedPrompts(document.name, version, set);
  await writeOnce(store, at('train'), bodies.train);
  await writeOnce(store, at('held-out'), bodies.heldOut);
  // Last: where the document is, the prompts are.
  await writeOnce(store, keys.stagedLoop(document.name, version), bodies.loop);
  return { loop: document.name, version, counts };
}

/** The file and its skill in one. What named other files, and when the loop runs, has done its work. */
function documentOf({ file, skill, heldOutPath }: LoopSource): Loop {
  const { $schema: _, skill: __, prompts, schedule: ___, ...settings } = file;
  return loopDocumentSchema.parse({
    ...settings,
    rubric: { purpose: skill.purpose, rules: skill.rules },
    heldOutShare: heldOutPath === undefined ? prompts.heldOutShare : null,
  });
}

async function promptsOf({ file, trainPath, heldOutPath }: LoopSource) {
  const given = distinct(await readPrompts(trainPath));
  const held = heldOutPath === undefined ? undefined : distinct(await readPrompts(heldOutPath));
  const { train, heldOut } = held
    ? { train: without(given.prompts, held.prompts), heldOut: held.prompts }
    : splitHeldOut(given.prompts, file.prompts.heldOutShare);
  const counts: StagedCounts = {
    train: train.length,
    heldOut: heldOut.length,
    trainDuplicates: given.duplicates,
    heldOutDuplicates: held?.duplicates ?? 0,
    alsoHeldOut: held ? given.prompts.length - train.length : 0,
  };
  refuseEmpty(counts, trainPath, heldOutPath);
  return { train, heldOut, counts };
}

function refuseEmpty(counts: StagedCounts, trainPath: string, heldOutPath: string | undefined): void {
  if (counts.train > 0 && counts.heldOut > 0) return;
  const distinctPrompts = counts.train + counts.heldOut;
  const problem =
    heldOutPath === undefined
      ? `the ${distinctPrompts} different prompts in it are too few to hold some out; add prompts, or give prompts.heldOut`
      : `every prompt in it is in ${heldOutPath} too, so none is left to learn from; give others`;
  throw new InvalidInput(trainPath, [problem]);
}

/** The first of equal conversations stays. */
function distinct(prompts: readonly Prompt[]): { prompts: Prompt[]; duplicates: number } {
  const first = new Map<string, Prompt>();
  for (const prompt of prompts) {
    const conversation = conversationHash(prompt);
    if (!first.has(conversation)) first.set(conversation, prompt);
  }
  return { prompts: [...first.values()], duplicates: prompts.length - first.size };
}

function without(prompts: readonly Prompt[], others: readonly Prompt[]): Prompt[] {
  const conversations = new Set(others.map(conversationHash));
  return prompts.filter((prompt) => !conversations.has(conversationHash(prompt)));
}

function linesOf(prompts: readonly Prompt[]): string {
  return prompts.map((prompt) => `${JSON.stringify(prompt)}\n`).join('');
}

/** 128 bits of SHA-256; each body is hashed by itself, so that no two sets of bodies run into one. */
function versionOf(bodies: readonly string[]): string {
  const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
  return sha256(bodies.map(sha256).join(' ')).slice(0, 32);
}

async function writeOnce(store: Store, key: string, body: string): Promise<void> {
  try {
    await store.write(key, body, { ifAbsent: true });
  } catch (error) {
    if (!(error instanceof WriteConflict)) throw error;
    if ((await store.read(key))?.body === body) return;
    throw new ArtifactUnreadable(`${key} is not what was staged there: delete it, then stage the loop again.`, {
      cause: error,
    });
  }
}
