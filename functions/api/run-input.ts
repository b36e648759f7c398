import * as z from 'zod';

/** What an execution is started with (functions/begin-run.ts). */
export const runInputSchema = z.looseObject({ run: z.string(), loop: z.string(), version: z.string(), seed: z.int() });
