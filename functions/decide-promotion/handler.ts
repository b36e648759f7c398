import * as z from 'zod';
import { keys } from '../../core/artifact-keys.ts';
import { evaluatedPromptSchema } from '../../core/evaluation/evaluated-prompt.ts';
import { decidePromotion as decide } from '../../core/evaluation/gate.ts';
import { summarizeEvaluation } from '../../core/evaluation/summarize-evaluation.ts';
import { decisionSchema } from '../../core/report.ts';
import { findArtifact, readRun, rowsOfShards, writeArtifact } from '../artifacts.ts';
import type { Step } from '../define-step.ts';
import { tellEvaluation } from '../metrics.ts';
import { candidateOf, incumbentOf, roundInput } from '../round.ts';
import { insistOnAllShards } from '../shards.ts';

const output = z.strictObject({ promote: z.boolean() });

/** evaluation → the gate's decision, with its reasons. */
export const decidePromotion: Step<typeof roundInput, typeof output> = {
  name: 'decide-promotion',
  input: roundInput,
  output,
  async run({ run: name, round }, services) {
    const { store } = services;
    const decided = await findArtifact(store, keys.decision(name, round), decisionSchema);
    if (decided) return { promote: decided.promote };
    const run = await readRun(store, name);
    const place = { run: name, round, part: 'evaluation', shards: run.shards.heldOut } as const;
    await insistOnAllShards(store, run, place);
    const models = {
      incumbent: await incumbentOf(store, run, round),
      candidate: await candidateOf(store, name, round),
    };
    const summary = await summarizeEvaluation(rowsOfShards(store, place, evaluatedPromptSchema), models);
    await writeArtifact(store, keys.evaluation(name, round), summary);
    const decision = decide(summary, run.loop.evaluation, run.loop);
    await writeArtifact(store, keys.decision(name, round), decision);
    tellEvaluation(services, { run, round }, summary);
    return { promote: decision.promote };
  },
};
