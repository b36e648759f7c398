import { keys } from '../../core/artifact-keys.ts';
import type { Store } from '../../core/ports.ts';
import {
  type Approval,
  type ApprovalPoint,
  type ApprovalRequest,
  approvalPoints,
  approvalRequestSchema,
  approvalSchema,
} from '../../core/run.ts';
import { findArtifact } from '../artifacts.ts';

/** What a person was asked to agree to, and what was answered so far. */
export interface Question {
  readonly round: number;
  readonly before: ApprovalPoint;
  readonly request: ApprovalRequest;
  readonly answer: Approval | undefined;
}

/** The last question of a round; undefined where nothing was asked. */
export async function lastQuestion(store: Store, run: string, round: number): Promise<Question | undefined> {
  const questions = await Promise.all(approvalPoints.map((before) => questionAt(store, run, round, before)));
  return questions.findLast((question) => question !== undefined);
}

async function questionAt(
  store: Store,
  run: string,
  round: number,
  before: ApprovalPoint,
): Promise<Question | undefined> {
  const [request, answer] = await Promise.all([
    findArtifact(store, keys.approvalRequest(run, round, before), approvalRequestSchema),
    findArtifact(store, keys.approval(run, round, before), approvalSchema),
  ]);
  return request && { round, before, request, answer };
}
