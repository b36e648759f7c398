import { rollBackSchema, studentViewSchema } from '../../../core/api.ts';
import { keys } from '../../../core/artifact-keys.ts';
import { type Registry, registrySchema, withRollback } from '../../../core/registry.ts';
import { updateArtifact } from '../../artifacts.ts';
import { nothing, type Route } from '../define-route.ts';
import { RequestRefused } from '../problem.ts';
import { noStudent, type StudentServices, studentOf } from '../student-view.ts';

/** POST /student/rollback. Sent again with the same `to` it changes nothing more; without `to` it goes one step further back. */
export const rollBack: Route<
  typeof nothing,
  typeof nothing,
  typeof rollBackSchema,
  typeof studentViewSchema,
  StudentServices
> = {
  name: 'roll-back',
  path: nothing,
  query: nothing,
  body: rollBackSchema,
  answer: studentViewSchema,
  async run({ body: { to, reason }, caller }, services) {
    const { store, loop, now } = services;
    const move = { model: to, at: now().toISOString(), reason: `${reason} (by ${caller})`.trim() };
    await updateArtifact(store, keys.registry(loop), registrySchema, (registry) => {
      if (registry === undefined) throw noStudent(loop);
      return registry.incumbent === to ? undefined : moved(registry, move);
    });
    return { body: await studentOf(services) };
  },
};

function moved(registry: Registry, move: Parameters<typeof withRollback>[1]): Registry {
  const next = withRollback(registry, move);
  if (next) return next;
  if (move.model === undefined) throw new RequestRefused(409, 'The incumbent is the base student already.');
  throw new RequestRefused(400, 'The request can’t be used.', [{ path: 'to', message: 'it is not in the lineage' }]);
}
