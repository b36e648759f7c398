import { answerApprovalSchema, runViewSchema } from '../../../core/api.ts';
import { keys } from '../../../core/artifact-keys.ts';
import { WriteConflict } from '../../../core/errors.ts';
import { type Approval, approvalSchema, runSchema } from '../../../core/run.ts';
import { findArtifact, readArtifact, writeArtifact } from '../../artifacts.ts';
import { nothing, type Route } from '../define-route.ts';
import { RequestRefused } from '../problem.ts';
import { lastQuestion, type Question } from '../question-of-run.ts';
import { roundsOf } from '../rounds-of-run.ts';
import { answerWithView, knownExecution, runPath } from '../run-route.ts';
import type { ViewServices } from '../run-view.ts';

/** POST /runs/{run}/approval: the answer is kept first, then the execution that waits for it is told. */
export const answerApproval: Route<
  typeof runPath,
  typeof nothing,
  typeof answerApprovalSchema,
  typeof runViewSchema,
  ViewServices
> = {
  name: 'answer-approval',
  path: runPath,
  query: nothing,
  body: answerApprovalSchema,
  answer: runViewSchema,
  async run({ path: { run }, body, caller }, services) {
    await knownExecution(services, run);
    const question = await questionOf(services, run);
    const isNew = await keep(services, run, question, { ...body, by: caller, at: services.now().toISOString() });
    const isHeard = await tell(services, run, question);
    // A repeated answer was heard the first time.
    if (isNew && !isHeard) {
      throw new RequestRefused(
        409,
        `The run ${run} waits for this answer no more. The answer is kept: resume the run, and it goes by it.`,
      );
    }
    return answerWithView(services, run);
  },
};

/** The last one asked; after the answer the round may have come to its end. Throws RequestRefused. */
async function questionOf({ store }: ViewServices, run: string): Promise<Question> {
  const plan = await findArtifact(store, keys.run(run), runSchema);
  const { present } = plan ? await roundsOf(store, plan) : { present: 0 };
  for (const round of [present, present - 1]) {
    const question = round < 1 ? undefined : await lastQuestion(store, run, round);
    if (question) return question;
  }
  throw new RequestRefused(409, `The run ${run} has asked for no approval.`);
}

/** False where the same answer is there already. Throws RequestRefused where another one is. */
async function keep({ store }: ViewServices, run: string, question: Question, answer: Approval): Promise<boolean> {
  const key = keys.approval(run, question.round, question.before);
  try {
    await writeArtifact(store, key, answer, { ifAbsent: true });
    return true;
  } catch (error) {
    if (!(error instanceof WriteConflict)) throw error;
  }
  const given = await readArtifact(store, key, approvalSchema);
  if (given.approved === answer.approved) return false;
  const word = given.approved ? 'approved' : 'refused';
  throw new RequestRefused(
    409,
    `The ${question.before} of round ${question.round} was ${word} at ${given.at} already.`,
  );
}

async function tell({ store, executions }: ViewServices, run: string, question: Question): Promise<boolean> {
  const { round, before } = question;
  const { approved, by, note } = await readArtifact(store, keys.approval(run, round, before), approvalSchema);
  const { taskToken } = question.request;
  if (taskToken === null) return false;
  if (approved) return executions.answer(taskToken, { approved });
  return executions.answer(taskToken, {
    approved,
    cause: `${by} refused the ${before} of round ${round} of run ${run}. ${note}`.trim(),
  });
}
