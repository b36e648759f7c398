import { z } from 'zod';
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
export const outcomeSchema = z.strictObject({ promoted: z.boolean(), incumbent: z.string() });
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

/** `round-<n>/approval.json`: a person's answer. */
export const approvalSchema = z.strictObject({
  approved: z.boolean(),
  by: z.string(),
  at: z.string(),
  note: z.string(),
});
export type Approval = z.infer<typeof approvalSchema>;

/** `runs/<run>/failure.json`, in the words of Step Functions. */
export const failureSchema = z.strictObject({ Error: z.string(), Cause: z.string() });
export type Failure = z.infer<typeof failureSchema>;
