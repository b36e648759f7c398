import type { z } from 'zod';
import { keys } from '../../core/artifact-keys.ts';
import { type JudgedPrompt, judgedPromptSchema } from '../../core/judging/judged-prompt.ts';
import { addLabels, type LabelCounts } from '../../core/pairs/labels.ts';
import { type PreferencePair, preferencePairSchema } from '../../core/pairs/preference-pair.ts';
import { type Response, type SampledPrompt, sampledPromptSchema } from '../../core/response.ts';
import { runSchema } from '../../core/run.ts';
import { gather, readArtifact, readRows } from '../../functions/artifacts.ts';
import { readSummary } from '../../functions/finish-part.ts';
import { isResponseTo, qualityOf } from '../endpoint-simulator/planted-responses.ts';
import { critiqueOf } from '../endpoint-simulator/planted-verdicts.ts';
import type { MemoryStore } from '../fakes/memory-store.ts';

/** What a run left in its store, held against the planted truth. */
export interface Truth {
  readonly prompts: number;
  readonly sampled: readonly SampledPrompt[];
  readonly judged: readonly JudgedPrompt[];
  readonly pairs: readonly PreferencePair[];
  /** Pairs whose chosen response does not state more than the rejected one, cut off or whole. */
  readonly wrong: readonly PreferencePair[];
  /** Pairs whose chosen response is cut off: whoever learns from it learns to break off. */
  readonly chosenCutOff: readonly PreferencePair[];
  /** Pairs with a response that was written to another prompt, or a critique of another response. */
  readonly mixedUp: readonly PreferencePair[];
  /** Of all shards that finished their pairs. */
  readonly labels: LabelCounts;
}

type Part = 'responses' | 'verdicts' | 'pairs';

export async function truthOf(store: MemoryStore, run: string): Promise<Truth> {
  const { prompts, shards } = await readArtifact(store, keys.run(run), runSchema);
  const all = Array.from({ length: shards.train }, (_, shard) => shard);
  const has = (part: Part) => all.filter((shard) => store.objects.has(keys.summary(run, 1, part, shard)));
  async function rowsOf<R extends z.ZodType>(part: Part, schema: R): Promise<z.output<R>[]> {
    const ofShards = has(part).map((shard) => gather(readRows(store, keys.part(run, 1, part, shard), schema)));
    return (await Promise.all(ofShards)).flat();
  }
  const pairs = await rowsOf('pairs', preferencePairSchema);
  const sampled = await rowsOf('responses', sampledPromptSchema);
  const cutOff = new Set(sampled.flatMap(({ responses }) => responses.filter(isCutOff).map(({ id }) => id)));
  const summaries = await Promise.all(
    has('pairs').map((shard) => readSummary(store, { run, round: 1, part: 'pairs', shard })),
  );
  return {
    prompts: prompts.train,
    sampled,
    judged: await rowsOf('verdicts', judgedPromptSchema),
    pairs,
    wrong: pairs.filter(({ chosen, rejected }) => qualityOf(chosen.text) <= qualityOf(rejected.text)),
    chosenCutOff: pairs.filter(({ chosen }) => cutOff.has(chosen.id)),
    mixedUp: pairs.filter(isMixedUp),
    labels: addLabels(summaries.flatMap(({ labels }) => (labels ? [labels] : []))),
  };
}

function isCutOff({ finish }: Response): boolean {
  return finish === 'length';
}

function isMixedUp({ prompt, chosen, rejected, critiques }: PreferencePair): boolean {
  if (![chosen, rejected].every(({ text }) => isResponseTo(prompt.messages, text))) return true;
  if (critiques === null) return false;
  return critiques.chosen !== critiqueOf(chosen.text) || critiques.rejected !== critiqueOf(rejected.text);
}

/** Prompts whose responses differ in quality: those that a sound endpoint and a sound teacher make a pair of. */
export function learnable({ sampled }: Truth): number {
  return sampled.filter(({ responses }) => new Set(responses.map(({ text }) => qualityOf(text))).size > 1).length;
}
