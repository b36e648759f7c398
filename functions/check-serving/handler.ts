import { keys } from '../../core/artifact-keys.ts';
import { servingSchema } from '../../core/run.ts';
import { readArtifact, readRun } from '../artifacts.ts';
import type { Step } from '../define-step.ts';
import { roundInput } from '../round.ts';
import { recordServing, servingAnswer } from '../serving-answer.ts';

/** deployment → whether it can be called yet. */
export const checkServing: Step<typeof roundInput, typeof servingAnswer> = {
  name: 'check-serving',
  input: roundInput,
  output: servingAnswer,
  async run({ run: name, round }, { store, serving }) {
    const { loop } = await readRun(store, name);
    const { deployment } = await readArtifact(store, keys.serving(name, round), servingSchema);
    return recordServing(store, { run: name, round }, await serving(loop).get(deployment));
  },
};
