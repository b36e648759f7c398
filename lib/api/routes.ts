import type * as z from 'zod';
import {
  answerApprovalSchema,
  listPairsSchema,
  listRunsSchema,
  reportLinkSchema,
  rollBackSchema,
  runListSchema,
  runViewSchema,
  startRunSchema,
  stopRunSchema,
  studentViewSchema,
} from '../../core/api.ts';
import { pairListSchema } from '../../core/pair-list.ts';
import { artifacts, runHistory } from '../artifact-patterns.ts';
import type { Action } from '../grant-actions.ts';
import type { StoreAccess } from '../storage.ts';

export interface Route {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  /** Below functions/api/; the operation's id too. */
  readonly folder: string;
  readonly summary: string;
  /** For the reader of docs/openapi.yaml. */
  readonly description: string;
  /** What the body of a POST holds. */
  readonly body?: z.ZodObject;
  readonly query?: z.ZodObject;
  /** Names of headers that it reads, with what they are for. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly answer: z.ZodType;
  readonly store: StoreAccess;
  readonly actions: readonly Action[];
  /** More than a small function has, where many objects are read at once. */
  readonly memoryMiB?: number;
}

/** Runs are started, watched, answered and stopped; the student is looked at and moved back. The whole API, in that order. */
export const routes: readonly Route[] = [
  {
    method: 'POST',
    path: '/runs',
    folder: 'start-run',
    summary: 'Start a run',
    description:
      'Answers 202 once the execution is started. Sent again with the same `runId`, or the same `Idempotency-Key` header, at ' +
      'any time, it starts no second one and answers 200 with the run that there is. A loop improves its student in one run ' +
      'at a time: while another one is under way it is refused with 409.',
    headers: { 'Idempotency-Key': 'Any word of the sender’s own: the same word never starts a second run' },
    body: startRunSchema,
    answer: runViewSchema,
    store: {
      reads: [...runHistory, artifacts.running],
      writes: [artifacts.running, artifacts.execution],
    },
    actions: ['start-execution', 'describe-execution', 'read-history'],
  },
  {
    method: 'GET',
    path: '/runs',
    folder: 'list-runs',
    summary: 'List runs',
    description: 'The latest first. Step Functions forgets an execution 90 days after its end, and so does this list.',
    query: listRunsSchema,
    answer: runListSchema,
    store: { reads: [artifacts.execution] },
    actions: ['list-executions'],
  },
  {
    method: 'GET',
    path: '/runs/{run}',
    folder: 'get-run',
    summary: 'How a run stands',
    description:
      'Stage, counts, spend, and when it may be done; for a run that failed, what failed and what the log says.',
    answer: runViewSchema,
    store: { reads: [...runHistory, artifacts.running], writes: [artifacts.execution] },
    actions: ['describe-execution', 'read-history', 'read-log'],
    memoryMiB: 512,
  },
  {
    method: 'POST',
    path: '/runs/{run}/stop',
    folder: 'stop-run',
    summary: 'Stop a run',
    description: 'What is recorded stays, and the run can be resumed. A run that is over stays as it is.',
    body: stopRunSchema,
    answer: runViewSchema,
    store: { reads: [...runHistory, artifacts.running], writes: [artifacts.execution] },
    actions: ['describe-execution', 'read-history', 'stop-execution'],
    memoryMiB: 512,
  },
  {
    method: 'POST',
    path: '/runs/{run}/resume',
    folder: 'resume-run',
    summary: 'Go on with a run',
    description:
      'Goes on where a run failed, was stopped, reached its budget or waited for an approval in vain. No recorded call is ' +
      'paid again. A run that is under way, or has nothing left to do, is refused with 409.',
    answer: runViewSchema,
    store: {
      reads: [...runHistory, artifacts.running],
      writes: [artifacts.running, artifacts.execution],
    },
    actions: ['start-execution', 'describe-execution', 'read-history', 'redrive-execution'],
    memoryMiB: 512,
  },
  {
    method: 'POST',
    path: '/runs/{run}/approval',
    folder: 'answer-approval',
    summary: 'Approve or refuse',
    description:
      'Answers what the run waits for a person to agree to. The same answer again changes nothing; another one, or one that ' +
      'nobody waits for, is refused with 409.',
    body: answerApprovalSchema,
    answer: runViewSchema,
    store: {
      reads: [...runHistory, artifacts.running],
      writes: [...artifacts.answers, artifacts.execution],
    },
    actions: ['describe-execution', 'read-history', 'answer-task'],
    memoryMiB: 512,
  },
  {
    method: 'GET',
    path: '/runs/{run}/pairs',
    folder: 'list-pairs',
    summary: 'The preference pairs of a round',
    description: 'As far as they are built, in the order of the prompts.',
    query: listPairsSchema,
    answer: pairListSchema,
    store: { reads: [artifacts.run, artifacts.pairs] },
    actions: [],
    memoryMiB: 512,
  },
  {
    method: 'GET',
    path: '/runs/{run}/report',
    folder: 'get-report',
    summary: 'A link to the report of a run',
    description: 'Whoever has the link can read the page for 15 minutes. 404 while there is no report.',
    answer: reportLinkSchema,
    store: { reads: [artifacts.execution, artifacts.report, artifacts.reportPage] },
    actions: [],
  },
  {
    method: 'GET',
    path: '/student',
    folder: 'get-student',
    summary: 'The student and its lineage',
    description: 'Which model is the incumbent, and every promotion and rollback that led to it, with its evidence.',
    answer: studentViewSchema,
    store: { reads: [artifacts.registry] },
    actions: [],
  },
  {
    method: 'POST',
    path: '/student/rollback',
    folder: 'roll-back',
    summary: 'Move back to an earlier student',
    description: 'The pointer moves; nothing is deleted. Who did it and why is kept in the lineage.',
    body: rollBackSchema,
    answer: studentViewSchema,
    store: { reads: [artifacts.registry], writes: [artifacts.registry] },
    actions: [],
  },
];
