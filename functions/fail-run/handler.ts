import * as z from 'zod';
import { keys } from '../../core/artifact-keys.ts';
import { RunFailed } from '../../core/errors.ts';
import { failureSchema, runName } from '../../core/run.ts';
import { findArtifact, writeArtifact } from '../artifacts.ts';
import type { Step } from '../define-step.ts';

const input = z.strictObject({
  run: runName,
  failure: z.looseObject({ Error: z.string(), Cause: z.string() }),
  /** How often the execution was redriven. */
  redrives: z.int().min(0),
});
const output = z.null();

/**
 * The red ending: fails with the name of what went wrong. It is a step, and no Fail state, because Step Functions redrives an
 * execution from the state that failed, which is this one: redriven, it lets the run go on from its plan.
 */
export const failRun: Step<typeof input, typeof output> = {
  name: 'fail-run',
  input,
  output,
  async run({ run, failure, redrives }, { store }) {
    const recorded = await findArtifact(store, keys.failure(run), failureSchema);
    if (recorded?.redrives !== undefined && redrives > recorded.redrives) return null;
    // Recorded already, unless the execution began with an earlier version of the workflow.
    await writeArtifact(store, keys.failure(run), { ...failure, redrives });
    throw new RunFailed(failure.Error, failure.Cause);
  },
};
