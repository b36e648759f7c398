import * as z from 'zod';
import { keys } from '../../core/artifact-keys.ts';
import { ArtifactMissing } from '../../core/errors.ts';
import { judgePromptVersion } from '../../core/judging/judge-prompt.ts';
import { judgedPromptSchema } from '../../core/judging/judged-prompt.ts';
import { buildPair } from '../../core/pairs/build-pair.ts';
import { labelsOf } from '../../core/pairs/labels.ts';
import { preferencePairSchema } from '../../core/pairs/preference-pair.ts';
import { sampledPromptSchema } from '../../core/response.ts';
import { noUsage } from '../../core/usage.ts';
import { gather, promptsOf, readRows, readRun } from '../artifacts.ts';
import type { Step } from '../define-step.ts';
import { finishPart, isFinished } from '../finish-part.ts';
import { tellLabels } from '../metrics.ts';
import { incumbentOf, shardInput } from '../round.ts';

const output = z.null();

/** responses, verdicts → preference pairs, and the count of every prompt that gave none. No model is called. */
export const buildPairs: Step<typeof shardInput, typeof output> = {
  name: 'build-pairs',
  input: shardInput,
  output,
  async run({ run: name, round, shard }, services) {
    const { store } = services;
    const place = { run: name, round, part: 'pairs', shard } as const;
    if (await isFinished(store, place)) return null;
    const { loop, ...run } = await readRun(store, name);
    const sampled = await gather(readRows(store, keys.part(name, round, 'responses', shard), sampledPromptSchema));
    const judged = await gather(readRows(store, keys.part(name, round, 'verdicts', shard), judgedPromptSchema));
    const provenance = {
      round,
      student: await incumbentOf(store, { loop, ...run }, round),
      teacher: loop.teacher.model,
      judgePromptVersion,
      seed: loop.seed,
    };
    const settings = { ...loop.pairs, minimumProbability: loop.judging.minimumProbability };
    const rows = (await promptsOf(store, name, 'train', shard)).map((prompt) => {
      const ofPrompt = { sampled: rowOf(sampled, prompt.id), judged: rowOf(judged, prompt.id) };
      return { ...ofPrompt, built: buildPair({ prompt, ...ofPrompt, settings, provenance }) };
    });
    const pairs = rows.flatMap(({ built }) => (built.kind === 'pair' ? [built.pair] : []));
    const labels = labelsOf(rows);
    await finishPart(store, place, pairs, preferencePairSchema, { summarize: () => ({ usage: noUsage, labels }) });
    tellLabels(services, { run: { loop, ...run }, round, shard }, labels);
    return null;
  },
};

function rowOf<Row extends { readonly prompt: string }>(rows: readonly Row[], prompt: string): Row {
  const row = rows.find((one) => one.prompt === prompt);
  if (row) return row;
  throw new ArtifactMissing(`Prompt ${prompt} has no row in a part that is finished; its shard must be made anew.`);
}
