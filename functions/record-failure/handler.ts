import * as z from 'zod';
import { keys } from '../../core/artifact-keys.ts';
import { failureSchema, runName } from '../../core/run.ts';
import { findArtifact, writeArtifact } from '../artifacts.ts';
import type { Step } from '../define-step.ts';
import { messageIn } from '../message-in.ts';

/** A caught error as Step Functions hands it on. */
const input = z.strictObject({
  run: runName,
  failure: z.looseObject({ Error: z.string(), Cause: z.string().default('') }),
  /**
   * How often the execution was redriven: "Fail run" sees by it whether it was redriven since. Executions that began with an
   * earlier version of the workflow don't say.
   */
  redrives: z.int().min(0).optional(),
});

/** A Distributed Map says only that too many of its items failed; the item has recorded its own error. */
const mapError = 'States.ExceedToleratedFailureThreshold';

/** any failure → failure.json: the error's name and what it says. */
export const recordFailure: Step<typeof input, typeof failureSchema> = {
  name: 'record-failure',
  input,
  output: failureSchema,
  async run({ run, failure, redrives }, { store }) {
    const recorded = await findArtifact(store, keys.failure(run), failureSchema);
    const own = { Error: failure.Error, Cause: messageIn(failure.Cause) };
    const told = { ...(failure.Error === mapError ? (recorded ?? own) : own), redrives };
    await writeArtifact(store, keys.failure(run), told);
    return told;
  },
};
