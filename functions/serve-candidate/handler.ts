import { keys } from '../../core/artifact-keys.ts';
import { ArtifactMissing } from '../../core/errors.ts';
import { servingSchema, trainingSchema } from '../../core/run.ts';
import { findArtifact, readArtifact, readRun } from '../artifacts.ts';
import type { Step } from '../define-step.ts';
import { roundInput } from '../round.ts';
import { recordServing, servingAnswer } from '../serving-answer.ts';

/** trained artifact → something that can be called. */
export const serveCandidate: Step<typeof roundInput, typeof servingAnswer> = {
  name: 'serve-candidate',
  input: roundInput,
  output: servingAnswer,
  async run({ run: name, round }, { store, serving }) {
    const { loop } = await readRun(store, name);
    const known = await findArtifact(store, keys.serving(name, round), servingSchema);
    if (known?.phase === 'ready') return { phase: 'ready' };
    const training = await readArtifact(store, keys.training(name, round), trainingSchema);
    if (training.artifact === null) throw new ArtifactMissing(`Training job ${training.job} has made no model yet.`);
    const view = await serving(loop).deploy(training.key, training.artifact);
    return recordServing(store, { run: name, round }, view);
  },
};
