import { keys } from '../core/artifact-keys.ts';
import type { Store } from '../core/ports.ts';
import { baseOf, insistOnBase, registrySchema, withBase, withRollback } from '../core/registry.ts';
import { findArtifact, updateArtifact } from '../functions/artifacts.ts';

/** Nothing is forgotten: going back to the base, or to another base, is a move of the pointer like any other. */
export async function startFresh(store: Store, loop: string, base: string): Promise<void> {
  await updateArtifact(store, keys.registry(loop), registrySchema, (registry) => {
    if (!registry) return undefined;
    const move = { model: base, at: new Date().toISOString(), reason: 'a fresh start (--fresh)' };
    if (baseOf(registry) !== base) return withBase(registry, move);
    return registry.incumbent === base ? undefined : withRollback(registry, move);
  });
}

/** As the plan will insist on it; here before anything starts. */
export async function startFromIncumbent(store: Store, loop: string, base: string): Promise<void> {
  const registry = await findArtifact(store, keys.registry(loop), registrySchema);
  if (registry) insistOnBase(registry, base);
}
