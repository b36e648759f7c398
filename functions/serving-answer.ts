import * as z from 'zod';
import { keys } from '../core/artifact-keys.ts';
import { ServingFailed } from '../core/errors.ts';
import type { ServingView, Store } from '../core/ports.ts';
import { writeArtifact } from './artifacts.ts';

/** What the serving steps answer to the workflow. */
export const servingAnswer = z.strictObject({ phase: z.enum(['pending', 'ready']) });

/** Writes down where the candidate is, and says whether it can be called. */
export async function recordServing(
  store: Store,
  { run, round }: { readonly run: string; readonly round: number },
  view: ServingView,
): Promise<z.infer<typeof servingAnswer>> {
  const { deployment, phase, model, message } = view;
  await writeArtifact(store, keys.serving(run, round), { deployment, phase, model: model ?? null });
  if (phase === 'failed' || (phase === 'ready' && model === undefined)) {
    throw new ServingFailed(
      `The candidate of round ${round} could not be served (${deployment}): ${message ?? 'no reason given'}.`,
    );
  }
  return { phase };
}
