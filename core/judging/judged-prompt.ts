import * as z from 'zod';
import { usageSchema } from '../usage.ts';
import { comparisonSchema } from './verdict.ts';

/** One line of `verdicts/<shard>.jsonl`: all that was said of one prompt's responses. */
export const judgedPromptSchema = z.strictObject({
  prompt: z.string(),
  /** Responses that went to the judge: distinct, not refused or empty, and not speaking to it. */
  judged: z.array(z.string()),
  /** Left out before judging, by response id: `duplicate`, `refusal`, `filtered`, `rejected`, `empty`, `instructs-the-judge`. */
  leftOut: z.record(z.string(), z.string()),
  search: z.array(comparisonSchema),
  /** The extremes that the search found; null with fewer than two responses to judge. */
  extremes: z.strictObject({ best: z.string(), worst: z.string() }).nullable(),
  /** Both orders of the extremes by the teacher, or one verdict by checks. */
  confirmation: z.array(comparisonSchema),
  /** By response id; `unreadable` where the answer was not the JSON asked for; null where there is no pair, or no wish for them. */
  critiques: z.union([z.record(z.string(), z.string()), z.literal('unreadable')]).nullable(),
  /** What the judge said of planted nonsense beside the best response; null where none was shown. */
  canary: z.enum(['held', 'missed', 'abstained']).nullable(),
  usage: usageSchema,
});
export type JudgedPrompt = z.infer<typeof judgedPromptSchema>;
