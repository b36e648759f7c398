import { createHash } from 'node:crypto';
import { keys, type PromptSet } from '../../core/artifact-keys.ts';
import { ArtifactUnreadable, InvalidInput, WriteConflict } from '../../core/errors.ts';
import { type Loop, type LoopFile, loopDocumentSchema } from '../../core/loop.ts';
import type { Store } from '../../core/ports.ts';
import { isHeldOut } from '../../core/split-held-out.ts';
import { type ObjectReader, type PromptFile, promptSource } from './prompt-source.ts';
import type { LoopSource } from './read-loop-file.ts';
import { type SurveyedSet, surveyPrompts } from './survey-prompts.ts';

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
  readonly seed: number;
  readonly counts: StagedCounts;
}

/**
 * Writes the whole loop to the store: document and prompts, in passes over their files, never holding a set. Staging it
 * again changes nothing. `readObjects` reads prompts at s3:// URLs. Throws InvalidInput, with nothing staged.
 */
export async function stageLoop(
  store: Store,
  source: LoopSource,
  readObjects: ObjectReader = noObjects,
): Promise<StagedLoop> {
  const { document, train, heldOut, counts } = await surveyLoop(source, readObjects);
  const loop = `${JSON.stringify(document, null, 2)}\n`;
  const version = versionOf([sha256(loop), train.hash, heldOut.hash]);

  const at = (set: PromptSet) => keys.stagedPrompts(document.name, version, set);
  await writeOnce(store, at('train'), train);
  await writeOnce(store, at('held-out'), heldOut);
  // Last: where the document is, the prompts are.
  await writeOnce(store, keys.stagedLoop(document.name, version), { hash: sha256(loop), lines: () => linesIn(loop) });
  return { loop: document.name, version, seed: document.seed, counts };
}

/** All that staging would write, looked through and counted; nothing is written. Throws InvalidInput. */
export async function surveyLoop(source: LoopSource, readObjects: ObjectReader = noObjects) {
  return { document: documentOf(source), ...(await setsOf(source, readObjects)) };
}

function noObjects(url: string): AsyncIterable<PromptFile> {
  throw new InvalidInput(url, ['prompts in S3 are not read here; give a file or a folder']);
}

/** The file and its skill in one. What named other files, and when the loop runs, has done its work. */
function documentOf({ file, skill, ownChecks, heldOutPath }: LoopSource): Loop {
  const { $schema: _, skill: __, prompts, schedule: ___, ...settings } = file;
  return loopDocumentSchema.parse({
    ...settings,
    checks: ownChecks,
    rubric: { purpose: skill.purpose, rules: skill.rules },
    heldOutShare: heldOutPath === undefined ? heldOutShareOf(file) : null,
  });
}

/** Without a trainer there is no candidate to evaluate. */
function heldOutShareOf({ prompts, trainer }: Pick<LoopFile, 'prompts' | 'trainer'>): number {
  return trainer ? prompts.heldOutShare : 0;
}

async function setsOf({ file, ownChecks, trainPath, heldOutPath }: LoopSource, readObjects: ObjectReader) {
  const train = promptSource(trainPath, readObjects);
  const share = heldOutShareOf(file);
  const known = Object.keys(ownChecks);
  // Held-out first: what is in it is taken out of train.
  const held =
    heldOutPath === undefined
      ? undefined
      : await surveyPrompts(promptSource(heldOutPath, readObjects), known, () => 'held-out');
  const given = held
    ? await surveyPrompts(train, known, (conversation) => (held.hasConversation(conversation) ? undefined : 'train'))
    : await surveyPrompts(train, known, (conversation) => (isHeldOut(conversation, share) ? 'held-out' : 'train'));
  const heldOut = (held ?? given).heldOut;
  const counts: StagedCounts = {
    train: given.train.prompts,
    heldOut: heldOut.prompts,
    trainDuplicates: given.duplicates,
    heldOutDuplicates: held?.duplicates ?? 0,
    alsoHeldOut: given.neither,
  };
  refuseEmpty(counts, file.trainer !== undefined, trainPath, heldOutPath);
  refuseTooManyShards(counts, file.shards.prompts);
  return { train: given.train, heldOut, counts };
}

function refuseEmpty(
  counts: StagedCounts,
  needsHeldOut: boolean,
  trainPath: string,
  heldOutPath: string | undefined,
): void {
  if (counts.train > 0 && (counts.heldOut > 0 || !needsHeldOut)) return;
  const distinctPrompts = counts.train + counts.heldOut;
  const problem =
    heldOutPath === undefined
      ? `the ${distinctPrompts} different prompts in it are too few to hold some out; add prompts, or give prompts.heldOut`
      : `every prompt in it is in ${heldOutPath} too, so none is left to learn from; give others`;
  throw new InvalidInput(trainPath, [problem]);
}

/**
 * The state of the workflow carries the numbers of all shards, six bytes each, and Step Functions allows 256 KiB
 * (docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html): 30,000 leave room for the rest of it.
 */
const MOST_SHARDS = 30_000;

function refuseTooManyShards({ train, heldOut }: StagedCounts, prompts: number): void {
  const shards = Math.ceil(train / prompts) + Math.ceil(heldOut / prompts);
  if (shards <= MOST_SHARDS) return;
  const enough = Math.ceil((train + heldOut) / (MOST_SHARDS - 2));
  throw new InvalidInput('The loop', [
    `shards.prompts: ${train + heldOut} prompts make ${shards} shards of ${prompts}, and ${MOST_SHARDS} are the most; set it to ${enough} or more`,
  ]);
}

/** 128 bits of SHA-256; each body is hashed by itself, so that no two sets of bodies run into one. */
function versionOf(hashes: readonly string[]): string {
  return sha256(hashes.join(' ')).slice(0, 32);
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

async function* linesIn(text: string): AsyncIterable<string> {
  yield text;
}

async function writeOnce(
  store: Store,
  key: string,
  { hash, lines }: Pick<SurveyedSet, 'hash' | 'lines'>,
): Promise<void> {
  try {
    await store.write(key, lines(), { ifAbsent: true });
  } catch (error) {
    if (!(error instanceof WriteConflict)) throw error;
    if ((await hashOfStored(store, key)) === hash) return;
    throw new ArtifactUnreadable(`${key} is not what was staged there: delete it, then stage the loop again.`, {
      cause: error,
    });
  }
}

async function hashOfStored(store: Store, key: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const line of store.lines(key)) hash.update(`${line}\n`);
  return hash.digest('hex');
}
