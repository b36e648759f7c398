import { wordCount } from '../checks.ts';
import type { Loop } from '../loop.ts';
import { contentHash, randomFor } from '../random.ts';
import type { Dataset } from '../report.ts';
import { conversationHash } from '../split-held-out.ts';
import { comparable } from './comparable-text.ts';
import { type PairLength, qualityOf } from './dataset-quality.ts';
import type { PreferencePair } from './preference-pair.ts';

export interface DatasetMaterial {
  /** Begins a new pass over the pairs of all shards, in the order of the shards; every pass gives the same. */
  readonly pairs: () => AsyncIterable<PreferencePair>;
  /** conversationHash of every held-out prompt. */
  readonly heldOut: ReadonlySet<string>;
  readonly settings: Pick<Loop['pairs'], 'minimum' | 'validationShare' | 'sameResponseShare'>;
  readonly seed: number;
}

export type Split = 'train' | 'validation';

/** Why a sound pair of one prompt is left out of the whole. */
export type LeftOutReason =
  | 'empty-side'
  | 'same-text'
  | 'last-message-not-user'
  | 'held-out' // the prompt is one that candidates are evaluated on
  | 'duplicate' // an earlier pair has the same conversation and texts
  | 'same-chosen-text'; // one text is chosen for too many prompts: a null answer that pleases the judge (arXiv 2410.07137)

export interface AssembledDataset {
  readonly dataset: Dataset;
  /** The lines of `dataset/<split>.jsonl` with their line ends, in a new pass over the pairs. */
  rows(split: Split): AsyncIterable<string>;
}

/**
 * Makes one dataset of the pairs of all shards. Only hashes and word counts of the pairs are held, never their texts: one
 * pass decides where each pair goes, and each split is written in one more.
 */
export async function assembleDataset(material: DatasetMaterial): Promise<AssembledDataset> {
  const features: PairFeatures[] = [];
  for await (const pair of material.pairs()) features.push(featuresOf(pair));
  const places = placesOf(features, material);
  return {
    dataset: describe(features, places, material),
    rows: (split) => rowsIn(split, places, material.pairs()),
  };
}

/** The little that is kept of a pair. */
interface PairFeatures extends PairLength {
  readonly flaw: LeftOutReason | undefined;
  readonly conversation: string;
  readonly chosen: string;
  readonly content: string;
  readonly line: string;
}

type Place = Split | LeftOutReason;

function featuresOf(pair: PreferencePair): PairFeatures {
  const [chosen, rejected] = [comparable(pair.chosen.text), comparable(pair.rejected.text)];
  const conversation = conversationHash(pair.prompt);
  return {
    flaw: flawOf(pair),
    conversation,
    chosen: contentHash(chosen),
    content: contentHash(JSON.stringify([conversation, chosen, rejected])),
    line: contentHash(lineOf(pair)),
    chosenWords: wordCount(chosen),
    rejectedWords: wordCount(rejected),
  };
}

/** What every trainer refuses or learns nothing from. */
function flawOf({ prompt, chosen, rejected }: PreferencePair): LeftOutReason | undefined {
  if (comparable(chosen.text) === '' || comparable(rejected.text) === '') return 'empty-side';
  if (comparable(chosen.text) === comparable(rejected.text)) return 'same-text';
  if (prompt.messages.at(-1)?.role !== 'user') return 'last-message-not-user';
  return undefined;
}

function placesOf(features: readonly PairFeatures[], { heldOut, settings, seed }: DatasetMaterial): Place[] {
  const seen = new Set<string>();
  const reasons = features.map(({ flaw, conversation, content }): LeftOutReason | undefined => {
    if (flaw) return flaw;
    if (heldOut.has(conversation)) return 'held-out';
    if (seen.has(content)) return 'duplicate';
    seen.add(content);
    return undefined;
  });
  const sound = features.filter((_, index) => !reasons[index]);
  const tooCommon = commonChosenTexts(sound, settings.sameResponseShare);
  return features.map(({ chosen, conversation }, index) => {
    const reason = reasons[index] ?? (tooCommon.has(chosen) ? 'same-chosen-text' : undefined);
    return reason ?? splitOf(conversation, settings.validationShare, seed);
  });
}

/** Fewer prompts may well share a text by honest chance. */
const fewestSharing = 5;

function commonChosenTexts(pairs: readonly PairFeatures[], share: number): Set<string> {
  const prompts = countConversations(pairs);
  const isTooCommon = (sharing: number) => sharing >= fewestSharing && sharing > share * prompts;
  const byText = [...Map.groupBy(pairs, ({ chosen }) => chosen)];
  return new Set(byText.filter(([, sharing]) => isTooCommon(countConversations(sharing))).map(([text]) => text));
}

function countConversations(pairs: readonly PairFeatures[]): number {
  return new Set(pairs.map(({ conversation }) => conversation)).size;
}

/** Decided for each conversation by itself: no conversation is in both, and more pairs move no earlier one. */
function splitOf(conversation: string, validationShare: number, seed: number): Split {
  return randomFor(seed, 'validation', conversation).next() < validationShare ? 'validation' : 'train';
}

function describe(features: readonly PairFeatures[], places: readonly Place[], { settings }: DatasetMaterial): Dataset {
  const inSplit = (split: Split) => features.filter((_, index) => places[index] === split);
  const [train, validation] = [inSplit('train'), inSplit('validation')];
  return {
    pairs: train.length + validation.length,
    train: train.length,
    validation: validation.length,
    leftOut: countLeftOut(places),
    ...qualityOf([...train, ...validation], train.length, settings),
    hashes: { train: hashOf(train), validation: hashOf(validation) },
  };
}

function countLeftOut(places: readonly Place[]): Record<string, number> {
  const reasons = places.filter((place) => place !== 'train' && place !== 'validation');
  return Object.fromEntries([...Map.groupBy(reasons, (reason) => reason)].map(([reason, all]) => [reason, all.length]));
}

/** Of the hashes of a file's lines, so that the file need not be held. */
function hashOf(pairs: readonly PairFeatures[]): string {
  return contentHash(pairs.map(({ line }) => line).join('\n'));
}

async function* rowsIn(
  split: Split,
  places: readonly Place[],
  pairs: AsyncIterable<PreferencePair>,
): AsyncIterable<string> {
  let index = 0;
  for await (const pair of pairs) if (places[index++] === split) yield `${lineOf(pair)}\n`;
}

function lineOf(pair: PreferencePair): string {
  return JSON.stringify(pair);
}
