import type { StudentView } from '../../core/api.ts';
import { keys } from '../../core/artifact-keys.ts';
import type { Store } from '../../core/ports.ts';
import { type Registry, registrySchema } from '../../core/registry.ts';
import { findArtifact } from '../artifacts.ts';
import { RequestRefused } from './problem.ts';

/** What the routes of the student need. */
export interface StudentServices {
  readonly store: Store;
  readonly loop: string;
  readonly now: () => Date;
}

/** Throws RequestRefused before the first run. */
export async function studentOf({ store, loop }: StudentServices): Promise<StudentView> {
  const registry = await findArtifact(store, keys.registry(loop), registrySchema);
  if (registry === undefined) throw noStudent(loop);
  return viewOfStudent(registry);
}

export function noStudent(loop: string): RequestRefused {
  return new RequestRefused(404, `The loop ${loop} has no student yet: its first run makes one.`);
}

function viewOfStudent({ loop, incumbent, history }: Registry): StudentView {
  return { loop, incumbent, lineage: history };
}
