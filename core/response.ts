import * as z from 'zod';
import { usageSchema } from './usage.ts';

/**
 * Why the model stopped. `length` is a cut-off response: it is kept, is never chosen, and loses an evaluation to a whole one. `rejected` says
 * that the endpoint refused this very request (too long for it, say), and the text is empty.
 */
export const finishSchema = z.enum(['stop', 'length', 'refusal', 'filtered', 'rejected']);
export type Finish = z.infer<typeof finishSchema>;

export const checkResultSchema = z.strictObject({
  passed: z.int().min(0),
  total: z.int().min(0),
  failed: z.array(z.string()).readonly(),
});

/** One sampled answer to one prompt. `id` is `<prompt id>/<index>`: verdicts are joined by it, never by position. */
export const responseSchema = z.strictObject({
  id: z.string(),
  text: z.string(),
  model: z.string(),
  /** The model that the endpoint says has answered, where it names another. */
  servedBy: z.string().optional(),
  finish: finishSchema,
  /** Mean natural log-probability of its tokens, where the endpoint gives them. */
  meanLogprob: z.number().optional(),
  checks: checkResultSchema,
});
export type Response = z.infer<typeof responseSchema>;

/** One line of `responses/<shard>.jsonl`: everything one prompt got, and why something is missing. */
export const sampledPromptSchema = z.strictObject({
  prompt: z.string(),
  responses: z.array(responseSchema),
  missing: z.array(z.strictObject({ id: z.string(), reason: z.string() })),
  settings: z.strictObject({
    temperature: z.number(),
    topP: z.number(),
    maxTokens: z.int(),
    seed: z.int(),
  }),
  usage: usageSchema,
});
export type SampledPrompt = z.infer<typeof sampledPromptSchema>;

export function responseId(promptId: string, index: number | string): string {
  return `${promptId}/${index}`;
}
