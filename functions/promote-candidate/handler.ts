import * as z from 'zod';
import { keys } from '../../core/artifact-keys.ts';
import { ArtifactMissing, StepContractBroken } from '../../core/errors.ts';
import { evaluationSummarySchema } from '../../core/evaluation/summarize-evaluation.ts';
import { registrySchema, withPromotion } from '../../core/registry.ts';
import { decisionSchema } from '../../core/report.ts';
import { type Outcome, outcomeSchema } from '../../core/run.ts';
import { findArtifact, readArtifact, readRun, updateArtifact, writeArtifact } from '../artifacts.ts';
import type { Step } from '../define-step.ts';
import { tellRound } from '../metrics.ts';
import { beganAt, candidateOf, incumbentOf, roundInput } from '../round.ts';

const output = z.null();

/** decision → the next incumbent. The pointer moves by compare-and-set, and only from the student that was compared. */
export const promoteCandidate: Step<typeof roundInput, typeof output> = {
  name: 'promote-candidate',
  input: roundInput,
  output,
  async run({ run: name, round }, services) {
    const { store, now } = services;
    if (await findArtifact(store, keys.outcome(name, round), outcomeSchema)) return null;
    const run = await readRun(store, name);
    const candidate = await candidateOf(store, name, round);
    const incumbent = await incumbentOf(store, run, round);
    const { evaluation, heldOut } = await readArtifact(store, keys.evaluation(name, round), evaluationSummarySchema);
    const decision = await readArtifact(store, keys.decision(name, round), decisionSchema);
    if (!decision.promote || heldOut.candidate.model !== candidate || heldOut.incumbent.model !== incumbent) {
      throw new StepContractBroken(`${keys.decision(name, round)} does not promote ${candidate} over ${incumbent}.`);
    }
    const { winRate, low, high, prompts } = evaluation;
    const promotion = {
      model: candidate,
      at: now().toISOString(),
      run: name,
      round,
      evidence: { winRate, low, high, prompts, checkRate: heldOut.candidate.checkRate },
      reason: decision.reasons[0] ?? null,
    };
    await updateArtifact(store, keys.registry(run.loop.name), registrySchema, (registry) => {
      if (!registry) throw new ArtifactMissing(`${keys.registry(run.loop.name)} is gone.`);
      const next = withPromotion(registry, promotion, incumbent);
      return next === registry ? undefined : next;
    });
    await writeArtifact(store, keys.outcome(name, round), {
      promoted: true,
      incumbent: candidate,
      at: promotion.at,
    } satisfies Outcome);
    tellRound(services, { run, round }, { promoted: true, began: await beganAt(store, run, round) });
    return null;
  },
};
