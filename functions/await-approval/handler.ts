import { z } from 'zod';
import { keys } from '../../core/artifact-keys.ts';
import { ApprovalPending, ApprovalRefused } from '../../core/errors.ts';
import { approvalSchema } from '../../core/run.ts';
import { findArtifact } from '../artifacts.ts';
import type { Step } from '../define-step.ts';
import { roundInput } from '../round.ts';

const output = z.null();

/** A person's answer → go on, or a named ending. Without an answer the run waits: it ends here, and is resumed with one. */
export const awaitApproval: Step<typeof roundInput, typeof output> = {
  name: 'await-approval',
  input: roundInput,
  output,
  async run({ run, round }, { store }) {
    const approval = await findArtifact(store, keys.approval(run, round), approvalSchema);
    if (!approval) {
      throw new ApprovalPending(
        `Round ${round} of run ${run} waits for a person to agree to the training. Look at ${keys.dataset(run, round)}.`,
      );
    }
    if (approval.approved) return null;
    throw new ApprovalRefused(
      `${approval.by} refused the training of round ${round} of run ${run}. ${approval.note}`.trim(),
    );
  },
};
