import * as z from 'zod';
import { keys } from '../../core/artifact-keys.ts';
import { ApprovalPending, ApprovalRefused } from '../../core/errors.ts';
import { approvalSeconds } from '../../core/loop.ts';
import { datasetSchema, decisionSchema } from '../../core/report.ts';
import { type ApprovalRequest, approvalPoints, approvalRequestSchema, approvalSchema } from '../../core/run.ts';
import { findArtifact, readArtifact, readRun, writeArtifact } from '../artifacts.ts';
import type { Step } from '../define-step.ts';
import { roundInput } from '../round.ts';
import type { BaseServices } from '../services.ts';

const input = roundInput.extend({
  before: z.enum(approvalPoints),
  /** Of the state that waits; on a laptop nothing waits, and there is none. */
  taskToken: z.string().nullable(),
});
const output = z.null();
type Place = z.output<typeof input>;

/**
 * A person's answer → go on, or a named ending. In AWS the state waits for it after this step has asked; elsewhere the run
 * ends here, and is resumed with an answer.
 */
export const awaitApproval: Step<typeof input, typeof output> = {
  name: 'await-approval',
  input,
  output,
  async run(place, services) {
    if (!(await goesByAnswer(place, services))) await ask(place, services);
    return null;
  },
};

/** False where nobody has answered. Throws ApprovalRefused. */
async function goesByAnswer({ run, round, before, taskToken }: Place, { store, goOn }: BaseServices): Promise<boolean> {
  const approval = await findArtifact(store, keys.approval(run, round, before), approvalSchema);
  if (!approval) return false;
  if (!approval.approved) {
    const what = `${approval.by} refused the ${before} of round ${round} of run ${run}.`;
    throw new ApprovalRefused(`${what} ${approval.note}`.trim());
  }
  // Answered in an earlier life of the state.
  if (taskToken !== null) await goOn?.(taskToken);
  return true;
}

async function ask(place: Place, services: BaseServices): Promise<void> {
  const { run: name, round, before, taskToken } = place;
  const { store, now, announcer } = services;
  const run = await readRun(store, name);
  const summary = before === 'training' ? await ofTraining(store, name, round) : await ofPromotion(store, name, round);
  const key = keys.approvalRequest(name, round, before);
  // Asked again, by a retry, it is still the same question since then; only who waits for the answer is another.
  const since = (await findArtifact(store, key, approvalRequestSchema))?.since ?? now().toISOString();
  const until = new Date(now().getTime() + approvalSeconds(run.loop) * 1000).toISOString();
  const request: ApprovalRequest = { taskToken, since, until: taskToken === null ? null : until, summary };
  await writeArtifact(store, key, request);
  if (taskToken === null) {
    throw new ApprovalPending(`Round ${round} of run ${name} waits for a person to agree to the ${before}. ${summary}`);
  }
  // An answer that came meanwhile was told to an earlier life, which waits no more.
  if (await goesByAnswer(place, services)) return;
  await announcer.tell({ type: 'approval-wanted', loop: run.loop.name, run: name, round, before, summary, until });
}

async function ofTraining(store: BaseServices['store'], run: string, round: number): Promise<string> {
  const { train, validation } = await readArtifact(store, keys.dataset(run, round), datasetSchema);
  return `It would train on ${train} pairs and validate on ${validation}: look at ${keys.dataset(run, round)}.`;
}

async function ofPromotion(store: BaseServices['store'], run: string, round: number): Promise<string> {
  const { reasons } = await readArtifact(store, keys.decision(run, round), decisionSchema);
  return `The gate would promote the candidate. ${reasons.join(' ')} Look at ${keys.evaluation(run, round)}.`;
}
