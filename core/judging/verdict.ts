import * as z from 'zod';

/** Why a judge's answer became no verdict. Counted, shown in the report, never replaced by a default. */
export const abstentionReasonSchema = z.enum([
  'unreadable', // not the JSON that was asked for
  'unknown-response', // names a response that was not shown
  'refused', // the teacher declined
  'rejected', // the endpoint refused this very request: too long for it, say
  'cut-off', // the answer hit its token limit
  'empty', // the endpoint sent no choice
]);
export type AbstentionReason = z.infer<typeof abstentionReasonSchema>;

const compared = z.tuple([z.string(), z.string()]);

/** What one judge said of two responses of one prompt, bound to response ids; `compared` is in the order shown. */
export const verdictSchema = z.strictObject({
  kind: z.literal('verdict'),
  compared,
  /** The id of the better response, or `tie`. */
  winner: z.string(),
  decidedBy: z.enum(['checks', 'teacher']),
  /** The teacher's probability of `winner` between the two, 0.5 to 1, where the endpoint gives log-probabilities. */
  probability: z.number().min(0).max(1).optional(),
});

/** A judge's answer that can't be trusted, with its reason and the start of what it said. */
export const abstentionSchema = z.strictObject({
  kind: z.literal('abstention'),
  compared,
  reason: abstentionReasonSchema,
  said: z.string(),
});

export const comparisonSchema = z.discriminatedUnion('kind', [verdictSchema, abstentionSchema]);
export type Verdict = z.infer<typeof verdictSchema>;
export type Abstention = z.infer<typeof abstentionSchema>;
/** One comparison's outcome. */
export type Comparison = z.infer<typeof comparisonSchema>;

export const tie = 'tie';
