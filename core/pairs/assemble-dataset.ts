import type { Split } from '../artifact-keys.ts';
import type { Loop } from '../loop.ts';
import { contentHash, randomFor } from '../random.ts';
import type { Dataset } from '../report.ts';
import { conversationHash } from '../split-held-out.ts';
import { wordCount } from '../text/words.ts';
import { comparable } from './comparable-text.ts';
import { LengthTally, qualityOf } from './dataset-quality.ts';
import { HashIndex } from './hash-index.ts';
import type { PreferencePair } from './preference-pair.ts';

export interface DatasetMaterial {
  /** Begins a new pass over the pairs of all shards, in the order of the shards; every pass gives the same. */
  readonly pairs: () => AsyncIterable<PreferencePair>;
  /** Knows the conversationHash of every held-out prompt. */
  readonly heldOut: { has(conversation: string): boolean };
  readonly settings: Pick<Loop['pairs'], 'minimum' | 'validationShare' | 'sameResponseShare'>;
  readonly seed: number;
}

/** Why a sound pair of one prompt is left out of the whole. */
export type LeftOutReason =
  | 'empty-side'
  | 'same-text'
  | 'last-message-not-user'
  | 'held-out' // the prompt is one that candidates are evaluated on
  | 'duplicate' // an earlier pair has the same conversation and texts
  | 'same-chosen-text'; // one text is chosen for too many prompts: a null answer that pleases the judge (arXiv 2410.07137)

export interface AssembledDataset {
  /** What the exports hold is known when they are written. */
  readonly dataset: Omit<Dataset, 'exports'>;
  /** The lines of `dataset/<split>.jsonl` with their line ends, in a new pass over the pairs. */
  rows(split: Split): AsyncIterable<string>;
}

/**
 * Makes one dataset of the pairs of all shards. Only hashes and word counts of the pairs are held, never their texts: one
 * pass decides where each pair goes, and each split is written in one more.
 */
export async function assembleDataset(material: DatasetMaterial): Promise<AssembledDataset> {
  const table = await tableOf(material);
  leaveOutCommonTexts(table, material.settings.sameResponseShare);
  return {
    dataset: describe(table, material),
    rows: (split) => rowsIn(split, table, material.pairs()),
  };
}

/** The little that is kept of the pairs, in columns: 100,000 objects with their hashes would take five times as much. */
interface PairTable {
  readonly places: Place[];
  /** Equal numbers stand for equal conversations, and for equal chosen texts. */
  readonly conversations: number[];
  readonly chosen: number[];
  readonly chosenWords: number[];
  readonly rejectedWords: number[];
  /** Numbers of the lines' hashes in `hashes`. */
  readonly lines: number[];
  readonly hashes: HashIndex;
}

type Place = Split | LeftOutReason;

async function tableOf(material: DatasetMaterial): Promise<PairTable> {
  const table: PairTable = {
    places: [],
    conversations: [],
    chosen: [],
    chosenWords: [],
    rejectedWords: [],
    lines: [],
    hashes: new HashIndex(),
  };
  const seen = { conversations: new HashIndex(), chosen: new HashIndex(), contents: new HashIndex() };
  for await (const pair of material.pairs()) {
    const [chosen, rejected] = [comparable(pair.chosen.text), comparable(pair.rejected.text)];
    const conversation = conversationHash(pair.prompt);
    const content = contentHash(JSON.stringify([conversation, chosen, rejected]));
    table.places.push(flawOf(pair) ?? placeOf(conversation, content, seen.contents, material));
    table.conversations.push(seen.conversations.add(conversation));
    table.chosen.push(seen.chosen.add(contentHash(chosen)));
    table.chosenWords.push(wordCount(chosen));
    table.rejectedWords.push(wordCount(rejected));
    table.lines.push(table.hashes.add(contentHash(lineOf(pair))));
  }
  return table;
}

/** What every trainer refuses or learns nothing from. */
function flawOf({ prompt, chosen, rejected }: PreferencePair): LeftOutReason | undefined {
  if (comparable(chosen.text) === '' || comparable(rejected.text) === '') return 'empty-side';
  if (comparable(chosen.text) === comparable(rejected.text)) return 'same-text';
  if (prompt.messages.at(-1)?.role !== 'user') return 'last-message-not-user';
  return undefined;
}

function placeOf(
  conversation: string,
  content: string,
  contents: HashIndex,
  { heldOut, settings, seed }: DatasetMaterial,
): Place {
  if (heldOut.has(conversation)) return 'held-out';
  if (contents.has(content)) return 'duplicate';
  contents.add(content);
  return splitOf(conversation, settings.validationShare, seed);
}

/** Decided for each conversation by itself: no conversation is in both, and more pairs move no earlier one. */
function splitOf(conversation: string, validationShare: number, seed: number): Split {
  return randomFor(seed, 'validation', conversation).next() < validationShare ? 'validation' : 'train';
}

/** Fewer prompts may well share a text by honest chance. */
const fewestSharing = 5;

/** Which texts are chosen for too many prompts can be told only now that all pairs are seen. */
function leaveOutCommonTexts({ places, conversations, chosen }: PairTable, share: number): void {
  const sound = [...indicesIn(places, 'train'), ...indicesIn(places, 'validation')];
  const promptsOf = (indices: readonly number[]) => new Set(indices.map((index) => conversations[index])).size;
  const prompts = promptsOf(sound);
  const uses = countEach(sound.map((index) => chosen[index]));
  // Nearly all texts are chosen once; a group for each of them would take more than the table.
  const often = sound.filter((index) => (uses.get(chosen[index]) ?? 0) >= fewestSharing);
  for (const indices of Map.groupBy(often, (index) => chosen[index]).values()) {
    const sharing = promptsOf(indices);
    if (sharing < fewestSharing || sharing <= share * prompts) continue;
    for (const index of indices) places[index] = 'same-chosen-text';
  }
}

function describe(table: PairTable, { settings }: DatasetMaterial): AssembledDataset['dataset'] {
  const [train, validation] = [indicesIn(table.places, 'train'), indicesIn(table.places, 'validation')];
  const lengths = new LengthTally();
  for (const index of [...train, ...validation]) {
    lengths.add(table.chosenWords[index] ?? 0, table.rejectedWords[index] ?? 0);
  }
  return {
    pairs: train.length + validation.length,
    train: train.length,
    validation: validation.length,
    leftOut: Object.fromEntries(countEach(table.places.filter((place) => place !== 'train' && place !== 'validation'))),
    ...qualityOf(lengths, train.length, settings),
    hashes: { train: hashOf(train, table), validation: hashOf(validation, table) },
  };
}

/** Of the hashes of a file's lines, so that the file need not be held. */
function hashOf(indices: readonly number[], { lines, hashes }: PairTable): string {
  return contentHash(indices.map((index) => hashes.at(lines[index] ?? 0)).join('\n'));
}

function indicesIn(places: readonly Place[], split: Split): number[] {
  return [...places.keys()].filter((index) => places[index] === split);
}

/** How often each comes, in the order in which they first come. */
function countEach<T>(items: readonly T[]): Map<T, number> {
  const counts = new Map<T, number>();
  for (const item of items) counts.set(item, (counts.get(item) ?? 0) + 1);
  return counts;
}

async function* rowsIn(
  split: Split,
  { places }: PairTable,
  pairs: AsyncIterable<PreferencePair>,
): AsyncIterable<string> {
  let index = 0;
  for await (const pair of pairs) if (places[index++] === split) yield `${lineOf(pair)}\n`;
}

function lineOf(pair: PreferencePair): string {
  return JSON.stringify(pair);
}
