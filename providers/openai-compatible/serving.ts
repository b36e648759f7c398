import type { Serving } from '../../core/ports.ts';

/**
 * For endpoints that serve what they trained at once, under the id that training gave. Destroying does nothing: the
 * model costs nothing while nobody calls it, and a rollback may want it.
 */
export function instantServing(): Serving {
  const ready = (artifact: string) => ({ deployment: artifact, phase: 'ready', model: artifact }) as const;
  return {
    deploy: async (_key, artifact) => ready(artifact),
    get: async (deployment) => ready(deployment),
    destroy: async () => undefined,
  };
}
