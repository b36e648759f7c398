import * as z from 'zod';
import { loopDocumentSchema } from './loop.ts';
import { usageSchema } from './usage.ts';

/** Names of runs; they become folders and parts of keys. */
export const runName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,79}$/, 'use 1 to 80 lower-case letters, digits and hyphens')
  .refine((name) => name !== 'latest', 'runs/latest is the link to the latest run; use another name');

/** `runs/<run>/run.json`: the frozen loop and everything that the run is a function of. */
export const runSchema = z.strictObject({
  format: z.literal(1),
  run: runName,
  /** Which staged loop it was frozen from. */
  version: z.string(),
  loop: loopDocumentSchema,
  startedAt: z.string(),
  /**
   * A hash of the rubric and all prompts, in every key that makes choices. Whoever wrote one prompt can't know it, and so
   * can't know the nonce of a fence.
   */
  salt: z.string(),
  /** The promoted student when the run began. */
  incumbent: z.string(),
  prompts: z.strictObject({ train: z.int(), heldOut: z.int() }),
  shards: z.strictObject({ train: z.int(), heldOut: z.int() }),
  /** At most, as far as can be known before. */
  forecast: usageSchema,
});
export type Run = z.infer<typeof runSchema>;

/** `round-<n>/outcome.json`: what the round left behind; the next round starts from it. */
export const outcomeSchema = z.strictObject({
  promoted: z.boolean(),
  incumbent: z.string(),
  /** When the round was over, and the next one began. Runs of earlier versions don't say. */
  at: z.iso.datetime().optional(),
});
export type Outcome = z.infer<typeof outcomeSchema>;

/** `round-<n>/training.json`: the job, written before it is created and after each look at it. */
export const trainingSchema = z.strictObject({
  key: z.string(),
  trainFile: z.string(),
  validationFile: z.string().nullable(),
  hyperparameters: z.record(z.string(), z.union([z.number(), z.literal('auto')])),
  /** Null until the trainer has answered. */
  job: z.string().nullable(),
  /** When the trainer answered, ISO 8601. */
  createdAt: z.string().nullable(),
  status: z.string(),
  artifact: z.string().nullable(),
  trainedTokens: z.int().nullable(),
  /** What the round's jobs have cost, those that ended in vain included. */
  usd: z.number().min(0),
});
export type Training = z.infer<typeof trainingSchema>;

/** `round-<n>/serving.json`: where the candidate answers. */
export const servingSchema = z.strictObject({
  deployment: z.string(),
  phase: z.enum(['pending', 'ready', 'failed']),
  /** The id to call, once ready. */
  model: z.string().nullable(),
});
export type ServingState = z.infer<typeof servingSchema>;

/** What a person may have to agree to: `approval` in the loop file says which, as `before-training` or `before-promotion`. */
export const approvalPoints = ['training', 'promotion'] as const;
export type ApprovalPoint = (typeof approvalPoints)[number];

/** `round-<n>/approval-of-<point>.request.json`: the question, written before anybody is told of it. */
export const approvalRequestSchema = z.strictObject({
  /** Step Functions goes on when it is sent back; null where no execution waits. */
  taskToken: z.string().nullable(),
  since: z.iso.datetime(),
  /** Then it counts as no answer. Null where it waits for as long as it takes. */
  until: z.iso.datetime().nullable(),
  /** What is to be agreed to, in a few sentences. */
  summary: z.string(),
});
export type ApprovalRequest = z.infer<typeof approvalRequestSchema>;

/** `round-<n>/approval-of-<point>.json`: a person's answer. */
export const approvalSchema = z.strictObject({
  approved: z.boolean(),
  by: z.string(),
  at: z.string(),
  note: z.string(),
});
export type Approval = z.infer<typeof approvalSchema>;

/** `runs/<run>/execution.json`: redriven, it stays the same; begun anew after a named ending, the run has another one. */
export const executionSchema = z.strictObject({
  arn: z.string(),
  name: z.string(),
  input: z.record(z.string(), z.unknown()),
});
export type ExecutionRecord = z.infer<typeof executionSchema>;

/** `loops/<loop>/running.json`: who holds the loop. Free again when that execution is running no more. */
export const runningSchema = z.strictObject({ run: runName, execution: z.string(), since: z.iso.datetime() });
export type Running = z.infer<typeof runningSchema>;

/** `runs/<run>/failure.json`, in the words of Step Functions. */
export const failureSchema = z.strictObject({
  Error: z.string(),
  Cause: z.string(),
  /** How often the execution had been redriven when it failed. */
  redrives: z.int().min(0).optional(),
});
export type Failure = z.infer<typeof failureSchema>;
