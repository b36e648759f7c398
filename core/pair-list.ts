import * as z from 'zod';
import { preferencePairSchema } from './pairs/preference-pair.ts';

/** GET /runs/{run}/pairs. Apart from core/api.ts: prompts bring all checks along, and no other route needs them. */
export const pairListSchema = z.strictObject({
  round: z.int().min(1),
  pairs: z.array(preferencePairSchema),
  next: z.string().nullable(),
});
