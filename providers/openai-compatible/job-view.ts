import * as z from 'zod';
import type { JobPhase, JobView } from '../../core/ports.ts';
import { inBrief } from './redact.ts';

export const jobSchema = z.looseObject({
  id: z.string().min(1),
  status: z.string(),
  fine_tuned_model: z.string().nullish(),
  training_file: z.string().nullish(),
  metadata: z.record(z.string(), z.unknown()).nullish().catch(null),
  trained_tokens: z.int().min(0).nullish().catch(null),
  error: z.looseObject({ code: z.string().nullish(), message: z.string().nullish() }).nullish().catch(null),
});
export type Job = z.infer<typeof jobSchema>;

/** OpenAI's words, and those that Azure and others say beside them. `paused` is real and documented nowhere. */
const phases: Readonly<Record<string, JobPhase>> = {
  validating_files: 'pending',
  queued: 'pending',
  pending: 'pending',
  running: 'running',
  pausing: 'running',
  paused: 'running',
  resuming: 'running',
  succeeded: 'succeeded',
  failed: 'failed',
  cancelled: 'cancelled',
  canceled: 'cancelled',
};

/** A word that nobody has documented may mean anything, so it ends nothing: the job is looked at again. */
export function phaseOf(job: Job): JobPhase {
  const phase = Object.hasOwn(phases, job.status) ? (phases[job.status] as JobPhase) : 'unknown';
  return phase === 'succeeded' && !job.fine_tuned_model ? 'unknown' : phase;
}

export function viewOf(job: Job): JobView {
  const phase = phaseOf(job);
  const message = messageOf(job, phase);
  return {
    job: job.id,
    phase,
    status: job.status,
    ...(phase === 'succeeded' ? { artifact: job.fine_tuned_model as string } : {}),
    ...(message ? { message } : {}),
    ...(typeof job.trained_tokens === 'number' ? { trainedTokens: job.trained_tokens } : {}),
  };
}

function messageOf(job: Job, phase: JobPhase): string | undefined {
  if (phase === 'unknown' && job.status === 'succeeded') return 'It says that it succeeded, but names no model yet.';
  if (!job.error?.message) return job.error?.code ?? undefined;
  return inBrief(job.error.code ? `${job.error.code}: ${job.error.message}` : job.error.message);
}
