import * as z from 'zod';
import { keys } from '../../core/artifact-keys.ts';
import { type Outcome, outcomeSchema, servingSchema } from '../../core/run.ts';
import { findArtifact, readArtifact, readRun, writeArtifact } from '../artifacts.ts';
import type { Step } from '../define-step.ts';
import { tellRound } from '../metrics.ts';
import { beganAt, incumbentOf, roundInput } from '../round.ts';

const output = z.null();

/** decision → the incumbent stays, and the candidate's deployment is torn down: nobody pays for a loser. */
export const keepIncumbent: Step<typeof roundInput, typeof output> = {
  name: 'keep-incumbent',
  input: roundInput,
  output,
  async run({ run: name, round }, services) {
    const { store, serving } = services;
    if (await findArtifact(store, keys.outcome(name, round), outcomeSchema)) return null;
    const run = await readRun(store, name);
    const { deployment } = await readArtifact(store, keys.serving(name, round), servingSchema);
    await serving(run.loop).destroy(deployment);
    const incumbent = await incumbentOf(store, run, round);
    const at = services.now().toISOString();
    await writeArtifact(store, keys.outcome(name, round), { promoted: false, incumbent, at } satisfies Outcome);
    tellRound(services, { run, round }, { promoted: false, began: await beganAt(store, run, round) });
    return null;
  },
};
