import * as z from 'zod';
import { keys } from '../../core/artifact-keys.ts';
import { JudgeMissedCanaries } from '../../core/errors.ts';
import { missedTooMany } from '../../core/judging/canaries.ts';
import { assembleDataset as assemble } from '../../core/pairs/assemble-dataset.ts';
import { HashIndex } from '../../core/pairs/hash-index.ts';
import { addLabels, type LabelCounts } from '../../core/pairs/labels.ts';
import { preferencePairSchema } from '../../core/pairs/preference-pair.ts';
import type { Store } from '../../core/ports.ts';
import { promptSchema } from '../../core/prompt.ts';
import { type Dataset, datasetSchema } from '../../core/report.ts';
import type { Run } from '../../core/run.ts';
import { conversationHash } from '../../core/split-held-out.ts';
import { lintDataset } from '../../core/training/lint-dataset.ts';
import { findArtifact, readRows, readRun, rowsOfShards, writeArtifact } from '../artifacts.ts';
import type { Step } from '../define-step.ts';
import { readSummary } from '../finish-part.ts';
import { tellDataset } from '../metrics.ts';
import { roundInput } from '../round.ts';
import { insistOnAllShards } from '../shards.ts';
import { writeExports } from './write-exports.ts';

const output = z.strictObject({ train: z.int(), worthTraining: z.boolean() });

/** pairs of all shards → one dataset: merged, without repeats, split, linted, exported, with its quality report. */
export const assembleDataset: Step<typeof roundInput, typeof output> = {
  name: 'assemble-dataset',
  input: roundInput,
  output,
  async run({ run: name, round }, services) {
    const { store } = services;
    const run = await readRun(store, name);
    const { pairs: settings, seed } = run.loop;
    const answer = (train: number) => ({ train, worthTraining: train >= settings.minimum });
    const made = await findArtifact(store, keys.dataset(name, round), datasetSchema);
    if (made) return answer(made.train);

    const place = { run: name, round, part: 'pairs', shards: run.shards.train } as const;
    await insistOnAllShards(store, run, place);
    await insistOnSoundJudge(store, place);
    const pairs = () => rowsOfShards(store, place, preferencePairSchema);
    const { dataset, rows } = await assemble({ pairs, heldOut: await heldOutHashes(store, run), settings, seed });
    if (run.loop.trainer && dataset.train >= settings.minimum) lintDataset(dataset);
    await store.write(keys.datasetRows(name, round, 'train'), rows('train'));
    await store.write(keys.datasetRows(name, round, 'validation'), rows('validation'));
    const exports = await writeExports(store, name, round);
    // Last: where it is, the dataset is whole.
    await writeArtifact(store, keys.dataset(name, round), { ...dataset, exports } satisfies Dataset);
    tellDataset(services, { run, round }, dataset);
    return answer(dataset.train);
  },
};

/** Labels of a judge that falls for planted nonsense are worth nothing, however many there are. */
async function insistOnSoundJudge(
  store: Store,
  {
    shards,
    ...place
  }: { readonly run: string; readonly round: number; readonly part: 'pairs'; readonly shards: number },
): Promise<void> {
  const labels: LabelCounts[] = [];
  for (let shard = 0; shard < shards; shard++) {
    const summary = await readSummary(store, { ...place, shard });
    if (summary.labels) labels.push(summary.labels);
  }
  const { canaries } = addLabels(labels);
  if (!missedTooMany(canaries)) return;
  throw new JudgeMissedCanaries(
    `In round ${place.round} of run ${place.run} the teacher preferred planted nonsense to a real response ${canaries.missed} of ${canaries.asked} times. Its verdicts are not trusted: use another teacher, or sharpen the rules of the skill.`,
  );
}

async function heldOutHashes(store: Store, run: Run): Promise<HashIndex> {
  const hashes = new HashIndex();
  for (let shard = 0; shard < run.shards.heldOut; shard++) {
    for await (const prompt of readRows(store, keys.prompts(run.run, 'held-out', shard), promptSchema)) {
      hashes.add(conversationHash(prompt));
    }
  }
  return hashes;
}
