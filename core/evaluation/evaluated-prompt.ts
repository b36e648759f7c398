import * as z from 'zod';
import { abstentionReasonSchema, comparisonSchema } from '../judging/verdict.ts';
import { responseSchema } from '../response.ts';
import { usageSchema } from '../usage.ts';

export const roles = ['incumbent', 'candidate'] as const;
export type Role = (typeof roles)[number];

/** From the candidate's view. */
export const outcomeSchema = z.enum(['win', 'tie', 'loss', 'abstention']);
export type Outcome = z.infer<typeof outcomeSchema>;

/** One line of `evaluation/<shard>.jsonl`: how the candidate did against the incumbent on one held-out prompt. */
export const evaluatedPromptSchema = z.strictObject({
  prompt: z.string(),
  /** Each student's one response, with the id `<prompt id>/<role>`; null where it did not come. */
  incumbent: responseSchema.nullable(),
  candidate: responseSchema.nullable(),
  /** Why a response did not come, by role. */
  missing: z.partialRecord(z.enum(roles), z.string()),
  /** What was said of the two; null where one is missing. */
  comparison: comparisonSchema.nullable(),
  outcome: outcomeSchema,
  /**
   * How far the candidate won, 0 to 1: the teacher's probability where the endpoint gives log-probabilities (at equal cost
   * worth 1.36 times the prompts of hard verdicts), else 1, 0.5 or 0; half for an abstention.
   */
  score: z.number().min(0).max(1),
  /** Null for an abstention. */
  decidedBy: z.enum(['checks', 'teacher']).nullable(),
  /** Why there is no verdict; null where there is one. */
  abstention: z.enum([...abstentionReasonSchema.options, 'missing-response']).nullable(),
  /** What the row cost: the comparison, and with what the step adds, both responses. */
  usage: usageSchema,
});
export type EvaluatedPrompt = z.infer<typeof evaluatedPromptSchema>;
