import { z } from 'zod';
import type { RequestedHyperparameters } from '../student/hyperparameters.ts';
import { ApiError } from './api-error.ts';
import { graderSchema } from './graders.ts';

const automatic = z.literal('auto');
const n_epochs = z.union([automatic, z.int().min(1).max(50)]).optional();
const batch_size = z.union([automatic, z.int().min(1).max(256)]).optional();
const learning_rate_multiplier = z.union([automatic, z.number().positive()]).optional();
const common = { n_epochs, batch_size, learning_rate_multiplier };
const beta = z.union([automatic, z.number().positive().max(2)]).optional();
const rpo_alpha = z.union([automatic, z.number().min(0).max(10)]).optional();
const compute_multiplier = z.union([automatic, z.number().gt(0.00001).max(10)]).optional();

const methodSchema = z.discriminatedUnion('type', [
  z.looseObject({
    type: z.literal('supervised'),
    supervised: z.looseObject({ hyperparameters: z.looseObject(common).optional() }).optional(),
  }),
  z.looseObject({
    type: z.literal('dpo'),
    dpo: z.looseObject({ hyperparameters: z.looseObject({ ...common, beta, rpo_alpha }).optional() }).optional(),
  }),
  z.looseObject({
    type: z.literal('reinforcement'),
    reinforcement: z.looseObject({
      grader: graderSchema,
      hyperparameters: z.looseObject({ ...common, compute_multiplier }).optional(),
    }),
  }),
]);
export type JobMethod = z.infer<typeof methodSchema>;

const jobRequestSchema = z.looseObject({
  model: z.string(),
  training_file: z.string(),
  validation_file: z.string().nullish(),
  suffix: z
    .string()
    .regex(/^[\w.-]{1,64}$/, 'must be 1 to 64 letters, digits and . _ -')
    .nullish(),
  seed: z.int().min(0).max(2147483647).nullish(),
  metadata: z
    .record(z.string().max(64), z.string().max(512))
    .refine((pairs) => Object.keys(pairs).length <= 16, 'must have at most 16 pairs')
    .nullish(),
  method: methodSchema.default({ type: 'supervised' }),
});
export type JobRequest = z.infer<typeof jobRequestSchema>;

export function readJobRequest(body: unknown): JobRequest {
  const parsed = jobRequestSchema.safeParse(body);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const param = issue?.path.join('.') ?? null;
  throw new ApiError(400, `Invalid value for '${param}': ${issue?.message}`, { code: 'invalid_value', param });
}

/** What the job asks for, of whichever method. */
export function requestedHyperparameters(method: JobMethod): RequestedHyperparameters {
  switch (method.type) {
    case 'supervised':
      return method.supervised?.hyperparameters ?? {};
    case 'dpo':
      return method.dpo?.hyperparameters ?? {};
    case 'reinforcement':
      return method.reinforcement.hyperparameters ?? {};
  }
}
