import * as z from 'zod';
import { endings, lineageEntrySchema, reportSchema } from './report.ts';
import { failureSchema, runName } from './run.ts';
import { usageSchema } from './usage.ts';

/*
 * What the HTTP API of a deployed loop takes and gives. The same schemas check requests in the functions, make the request
 * models of API Gateway, and become docs/openapi.yaml; each key's description is shown there.
 */

export { pairListSchema } from './pair-list.ts';

const seed = z.int().min(0).max(2_147_483_647);
const page = {
  limit: z.coerce.number().int().min(1).max(100).default(20).describe('Entries a page, at most'),
  next: z.string().max(1024).optional().describe('Where the page before ended, as it said'),
};

/** POST /runs */
export const startRunSchema = z.strictObject({
  // An execution's name has 80 characters at most, and each further execution of the run adds its number: `<run>.2`.
  runId: runName
    .max(76, 'use at most 76 characters')
    .optional()
    .describe(
      'Name of the run; sent again, it names the same run. Without it the Idempotency-Key header names it, or the time',
    ),
  version: z
    .string()
    .regex(/^[0-9a-f]{8,64}$/)
    .optional()
    .describe('Which staged version of the loop; without it the one that was deployed'),
  seed: seed.optional().describe('Same seed, same choices; without it a seed of the run’s own'),
});
export type StartRun = z.infer<typeof startRunSchema>;

/** GET /runs */
export const listRunsSchema = z.strictObject({
  ...page,
  // As long as Step Functions' own tokens.
  next: z.string().max(4096).optional().describe('Where the page before ended, as it said'),
});

/** POST /runs/{run}/stop */
export const stopRunSchema = z.strictObject({
  reason: z.string().max(500).default('').describe('Kept with the execution'),
});

/** POST /runs/{run}/approval */
export const answerApprovalSchema = z.strictObject({
  approved: z.boolean().describe('true: go on; false: the run ends and the incumbent stays'),
  note: z.string().max(2000).default('').describe('A word on why, kept with the answer'),
});

/** GET /runs/{run}/pairs */
export const listPairsSchema = z.strictObject({
  ...page,
  round: z.coerce.number().int().min(1).optional().describe('Which round; the latest where it is left out'),
});

/** POST /student/rollback */
export const rollBackSchema = z.strictObject({
  to: z
    .string()
    .min(1)
    .max(500)
    .optional()
    .describe('A student in the lineage; without it the incumbent before the present one'),
  reason: z.string().max(2000).default('').describe('Kept in the lineage'),
});

/** How an execution stands, whatever its ending is called. */
export const runStatuses = ['running', 'ended', 'failed', 'stopped'] as const;

export const runSummarySchema = z.strictObject({
  run: z.string(),
  status: z.enum(runStatuses),
  startedAt: z.iso.datetime(),
  stoppedAt: z.iso.datetime().nullable(),
});
export type RunSummary = z.infer<typeof runSummarySchema>;

export const runListSchema = z.strictObject({
  runs: z.array(runSummarySchema).describe('The latest first'),
  next: z.string().nullable().describe('Ask for this as `next` for the page after; null at the end'),
});

/** How far a step of the present round is. */
export const stepProgressSchema = z.strictObject({
  step: z.string().describe('Name of the step, such as sample-responses'),
  round: z.int().min(1),
  done: z.int().min(0).describe('Prompts; steps of a training job while training'),
  of: z.int().min(0),
  usd: z.number().min(0),
});
export type StepProgress = z.infer<typeof stepProgressSchema>;

/** What a decided round came to. */
export const decidedRoundSchema = z.strictObject({
  round: z.int().min(1),
  promoted: z.boolean(),
  incumbent: z.string().describe('The student after the round'),
  winRate: z.number().nullable().describe('Of the candidate against the incumbent, 0 to 1'),
  checkRate: z.number().nullable().describe('Of the candidate on held-out prompts, 0 to 1; null without checks'),
  reasons: z.array(z.string()),
});
export type DecidedRound = z.infer<typeof decidedRoundSchema>;

export const waitingApprovalSchema = z.strictObject({
  round: z.int().min(1),
  before: z.enum(['training', 'promotion']),
  since: z.iso.datetime(),
  until: z.iso
    .datetime()
    .nullable()
    .describe('Then it counts as no answer, and the incumbent stays; null: it waits for as long as it takes'),
  summary: z.string().describe('What is to be agreed to, in words'),
});

/** GET /runs/{run} */
export const runViewSchema = z.strictObject({
  run: z.string(),
  loop: z.string(),
  version: z.string(),
  seed: z.int(),
  status: z.enum(runStatuses),
  ending: z.enum(endings).nullable().describe('Null while it is running, and where it ended without a report'),
  startedAt: z.iso.datetime(),
  stoppedAt: z.iso.datetime().nullable(),
  stage: z.string().nullable().describe('The state of the workflow, as the console shows it'),
  round: z.int().min(0).describe('0 before the first'),
  rounds: z.int().min(0).describe('0 before the run is planned'),
  progress: z.array(stepProgressSchema).describe('Steps of the present round that have begun'),
  decided: z.array(decidedRoundSchema),
  spent: usageSchema,
  forecast: usageSchema.nullable().describe('At most, as far as was known before; null before the run is planned'),
  estimatedEnd: z.iso.datetime().nullable().describe('At the pace so far and by the forecast, which is an upper bound'),
  approval: waitingApprovalSchema.nullable().describe('What the run waits for a person to agree to'),
  failure: failureSchema
    .extend({
      state: z.string().nullable().describe('The state of the workflow that failed'),
      log: z.string().nullable().describe('The last error that a function of the run has logged'),
    })
    .nullable(),
  console: z.url().describe('The execution in the AWS console'),
});
export type RunView = z.infer<typeof runViewSchema>;

/** GET /runs/{run}/report */
export const reportLinkSchema = z.strictObject({
  url: z.url().describe('The report as a page; whoever has the link can read it until it expires'),
  expiresAt: z.iso.datetime(),
  report: reportSchema.omit({ rounds: true }),
});

/** GET /student, POST /student/rollback */
export const studentViewSchema = z.strictObject({
  loop: z.string(),
  incumbent: z.string(),
  lineage: z.array(lineageEntrySchema).describe('How the pointer came here, oldest first'),
});
export type StudentView = z.infer<typeof studentViewSchema>;

/** Every error of the API, as application/problem+json (RFC 9457). */
export const problemSchema = z.strictObject({
  type: z.string().describe('urn:ratchet:error:<name>; the names are in docs/api.md'),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  problems: z
    .array(z.strictObject({ path: z.string(), message: z.string() }))
    .optional()
    .describe('What is wrong where, for a request that can’t be used'),
});
export type Problem = z.infer<typeof problemSchema>;
