import * as z from 'zod';
import { promptSchema } from '../prompt.ts';

const side = z.strictObject({ id: z.string(), text: z.string() });

/** Where a pair comes from: enough to find every request and answer behind it. The run is the folder it lies in. */
export const provenanceSchema = z.strictObject({
  round: z.int().min(1),
  /** Model ids. */
  student: z.string(),
  teacher: z.string(),
  judgePromptVersion: z.string(),
  seed: z.int(),
});
export type Provenance = z.infer<typeof provenanceSchema>;

/** One line of `pairs/<shard>.jsonl` and of `dataset/<split>.jsonl`. The prompt is whole, so that a line can be exported alone. */
export const preferencePairSchema = z.strictObject({
  prompt: promptSchema,
  chosen: side,
  rejected: side,
  /**
   * How sure the label is, 0 to 1. Checks are sure: 1. Else the mean probability of the agreeing verdicts, its 0.5 to 1
   * stretched to 0 to 1; 1 where the endpoint gives no log-probabilities.
   */
  margin: z.number().min(0).max(1),
  decidedBy: z.enum(['checks', 'teacher']),
  critiques: z.strictObject({ chosen: z.string(), rejected: z.string() }).nullable(),
  provenance: provenanceSchema,
});
export type PreferencePair = z.infer<typeof preferencePairSchema>;
