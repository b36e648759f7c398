import * as z from 'zod';
import { labelCountsSchema } from './pairs/labels.ts';
import { usageSchema } from './usage.ts';

/** `<part>/<shard>.summary.json`, written last: what a finished shard of a part holds, and what it cost. */
export const partSummarySchema = z.strictObject({
  rows: z.int().min(0),
  usage: usageSchema,
  /** Calls whose answers an earlier run had paid for. */
  reused: z.int().min(1).optional(),
  /** With the pairs: what became of the shard's prompts. */
  labels: labelCountsSchema.optional(),
});
export type PartSummary = z.infer<typeof partSummarySchema>;
