import { keys } from '../../core/artifact-keys.ts';
import { InvalidInput } from '../../core/errors.ts';
import type { Store } from '../../core/ports.ts';
import { type Registry, registrySchema } from '../../core/registry.ts';
import { findArtifact } from '../../functions/artifacts.ts';

/** A loop's registry by name, or the only one. Throws InvalidInput, with the loops that there are. */
export async function findRegistry(store: Store, name: string | undefined): Promise<Registry> {
  const loops = await loopsIn(store);
  const wanted = name ?? (loops.length === 1 ? loops[0] : undefined);
  const isKnown = wanted !== undefined && loops.includes(wanted);
  const found = isKnown ? await findArtifact(store, keys.registry(wanted), registrySchema) : undefined;
  if (found) return found;
  throw new InvalidInput(name === undefined ? 'The command' : `The loop ${name}`, [
    loops.length === 0
      ? 'no loop has run in this store yet'
      : `name one of the loops that have run here: ${loops.join(', ')}`,
  ]);
}

async function loopsIn(store: Store): Promise<string[]> {
  const loops: string[] = [];
  for await (const key of store.list('loops/')) {
    const loop = /^loops\/([^/]+)\/registry\.json$/.exec(key)?.[1];
    if (loop !== undefined) loops.push(loop);
  }
  return loops;
}
