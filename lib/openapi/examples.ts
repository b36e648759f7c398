import type { RunView, StudentView } from '../../core/api.ts';

/*
 * One story in examples: a run of the loop support-desk is started, waits for a person, is approved and promotes its
 * candidate, which somebody moves back from. A test reads each with the schema of its route.
 */

const run = 'support-desk-20261123-0200';
const base = 'desk-base';
const candidate = 'ft:desk-base:support-desk-20261123-0200-1';

const planned: RunView = {
  run,
  loop: 'support-desk',
  version: '3f9c2a71d0b84e65',
  seed: 1_804_289_383,
  status: 'running',
  ending: null,
  startedAt: '2026-11-23T02:00:01.482Z',
  stoppedAt: null,
  stage: 'Plan run',
  round: 0,
  rounds: 2,
  progress: [],
  decided: [],
  spent: { calls: 0, promptTokens: 0, completionTokens: 0, usd: 0 },
  forecast: null,
  estimatedEnd: null,
  approval: null,
  failure: null,
  console: `https://us-east-1.console.aws.amazon.com/states/home?region=us-east-1#/v2/executions/details/arn:aws:states:us-east-1:111122223333:execution:ratchet-support-desk:${run}`,
};

const spent = { calls: 2312, promptTokens: 401_227, completionTokens: 58_904, usd: 0.2153 };

const waiting: RunView = {
  ...planned,
  stage: 'Await approval',
  round: 1,
  progress: [
    { step: 'sample-responses', round: 1, done: 256, of: 256, usd: 0.0164 },
    { step: 'judge-responses', round: 1, done: 256, of: 256, usd: 0.1989 },
  ],
  spent,
  forecast: { calls: 9216, promptTokens: 2_064_384, completionTokens: 1_032_192, usd: 1.97 },
  estimatedEnd: '2026-11-23T04:10:00.000Z',
  approval: {
    round: 1,
    before: 'training',
    since: '2026-11-23T02:31:07.118Z',
    until: '2026-11-24T02:31:07.118Z',
    summary: 'Train on 187 pairs of round 1: 3 abstentions, 12 order conflicts, no canary missed.',
  },
};

const approved: RunView = { ...waiting, stage: 'Start training', approval: null };

const failed: RunView = {
  ...waiting,
  status: 'failed',
  ending: 'failed',
  stoppedAt: '2026-11-23T02:24:40.000Z',
  stage: null,
  estimatedEnd: null,
  approval: null,
  failure: {
    Error: 'CredentialRefused',
    Cause: 'The endpoint refuses the key in OPENAI_API_KEY (401).',
    state: 'Judge responses',
    log: 'CredentialRefused: The endpoint refuses the key in OPENAI_API_KEY (401).',
  },
};

const stopped: RunView = {
  ...waiting,
  status: 'stopped',
  stoppedAt: '2026-11-23T02:40:00.000Z',
  stage: null,
  approval: null,
  estimatedEnd: null,
};

const evidence = { winRate: 0.71, low: 0.62, high: 0.79, prompts: 128, checkRate: 0.58 };

const promoted: StudentView = {
  loop: 'support-desk',
  incumbent: candidate,
  lineage: [
    { model: base, how: 'base', at: '2026-11-23T02:00:03.000Z', run: null, round: null, evidence: null, reason: null },
    { model: candidate, how: 'promotion', at: '2026-11-23T03:02:11.000Z', run, round: 1, evidence, reason: null },
  ],
};

const movedBack: StudentView = {
  ...promoted,
  incumbent: base,
  lineage: [
    ...promoted.lineage,
    {
      model: base,
      how: 'rollback',
      at: '2026-11-25T09:14:00.000Z',
      run: null,
      round: null,
      evidence: null,
      reason: 'Customers miss the apology. (by arn:aws:iam::111122223333:user/ada)',
    },
  ],
};

const pair = {
  prompt: {
    id: 'desk-17',
    messages: [{ role: 'user', content: 'Where is my lamp? I have waited for a week.' }],
    checks: [{ kind: 'words', max: 30 }],
  },
  chosen: { id: 'desk-17-2', text: 'I am sorry for the delay. Your lamp arrives on Friday.' },
  rejected: { id: 'desk-17-0', text: 'It is on its way.' },
  margin: 0.83,
  decidedBy: 'teacher',
  critiques: { chosen: 'Says sorry and names the day.', rejected: 'Names neither item nor day.' },
  provenance: { round: 1, student: base, teacher: 'desk-teacher', judgePromptVersion: '3', seed: planned.seed },
};

const report = {
  format: 1,
  run,
  loop: 'support-desk',
  description: 'A tiny student learns to write the replies of a support desk.',
  seed: planned.seed,
  startedAt: planned.startedAt,
  finishedAt: '2026-11-23T03:44:52.000Z',
  ending: { name: 'finished', says: 'All 2 rounds are done.' },
  student: base,
  teacher: 'desk-teacher',
  method: 'dpo',
  incumbent: { before: { model: base, checkRate: 0.25 }, after: { model: candidate, checkRate: 0.58 } },
  usage: { calls: 6120, promptTokens: 1_112_004, completionTokens: 163_550, usd: 0.61 },
  usageByStage: { 'sample-responses': spent },
  lineage: promoted.lineage,
};

/** By the folder of the route; answers of a route by what they show. */
export const examples: Readonly<
  Record<string, { readonly request?: unknown; readonly answers: Readonly<Record<string, unknown>> }>
> = {
  'start-run': { request: { runId: run }, answers: { started: planned } },
  'list-runs': {
    answers: {
      page: {
        runs: [{ run, status: 'running', startedAt: planned.startedAt, stoppedAt: null }],
        next: 'AAMA-EFRSURBSGhkZWxpbQ',
      },
    },
  },
  'get-run': { answers: { waitingForAPerson: waiting, failed } },
  'stop-run': { request: { reason: 'The prompts are last month’s.' }, answers: { stopped } },
  'resume-run': { answers: { underWay: approved } },
  'answer-approval': { request: { approved: true, note: 'Looks sound.' }, answers: { underWay: approved } },
  'list-pairs': { answers: { page: { round: 1, pairs: [pair], next: null } } },
  'get-report': {
    answers: {
      link: {
        url: `https://ratchet-store.s3.us-east-1.amazonaws.com/runs/${run}/report.html?X-Amz-Expires=900&X-Amz-Signature=5d41402abc4b2a76b9719d911017c592`,
        expiresAt: '2026-11-23T08:15:00.000Z',
        report,
      },
    },
  },
  'get-student': { answers: { promoted } },
  'roll-back': { request: { reason: 'Customers miss the apology.' }, answers: { movedBack } },
};
