import { z } from 'zod';
import { keys } from '../../core/artifact-keys.ts';
import { failureSchema, runName } from '../../core/run.ts';
import { findArtifact, writeArtifact } from '../artifacts.ts';
import type { Step } from '../define-step.ts';

/** A caught error as Step Functions hands it on. */
const input = z.strictObject({
  run: runName,
  failure: z.looseObject({ Error: z.string(), Cause: z.string().default('') }),
});

/** A Distributed Map says only that too many of its items failed; the item has recorded its own error. */
const mapError = 'States.ExceedToleratedFailureThreshold';
const lambdaError = z.looseObject({ errorMessage: z.string() });

/** any failure → failure.json: the error's name and what it says. */
export const recordFailure: Step<typeof input, typeof failureSchema> = {
  name: 'record-failure',
  input,
  output: failureSchema,
  async run({ run, failure }, { store }) {
    const recorded = await findArtifact(store, keys.failure(run), failureSchema);
    if (recorded && failure.Error === mapError) return recorded;
    const told = { Error: failure.Error, Cause: messageIn(failure.Cause) };
    await writeArtifact(store, keys.failure(run), told);
    return told;
  },
};

/** Lambda wraps a message and its stack trace in JSON; people want the message. */
function messageIn(cause: string): string {
  try {
    return lambdaError.parse(JSON.parse(cause)).errorMessage;
  } catch {
    return cause;
  }
}
