import * as z from 'zod';
import { IncumbentMoved, InvalidInput } from './errors.ts';
import { type LineageEntry, lineageEntrySchema } from './report.ts';

/** `loops/<loop>/registry.json`: the pointer to the incumbent, and how it got there, oldest first. Changed by compare-and-set only. */
export const registrySchema = z.strictObject({
  format: z.literal(1),
  loop: z.string(),
  incumbent: z.string(),
  history: z.array(lineageEntrySchema).min(1),
});
export type Registry = z.infer<typeof registrySchema>;

export function newRegistry(loop: string, base: string, at: string): Registry {
  return {
    format: 1,
    loop,
    incumbent: base,
    history: [{ model: base, how: 'base', at, run: null, round: null, evidence: null, reason: null }],
  };
}

/** The base student: the last one that the loop was started from. */
export function baseOf({ history }: Registry): string | undefined {
  return history.findLast(({ how }) => how === 'base')?.model;
}

/** Throws InvalidInput where `model` of the loop file is not the base student: it would be named, and never used. */
export function insistOnBase(registry: Registry, model: string): void {
  if (baseOf(registry) === model) return;
  throw new InvalidInput(`The loop ${registry.loop}`, [
    `student.model is ${model}, but its students so far come from ${baseOf(registry)}; start from ${model} with --fresh, or give the loop another name`,
  ]);
}

/** The registry after a fresh start from another base student. What came before stays in the lineage. */
export function withBase(
  registry: Registry,
  { model, at, reason }: { readonly model: string; readonly at: string; readonly reason: string },
): Registry {
  const entry: LineageEntry = { model, how: 'base', at, run: null, round: null, evidence: null, reason };
  return { ...registry, incumbent: model, history: [...registry.history, entry] };
}

/**
 * The registry after a promotion; the same registry where this round has promoted already. Throws IncumbentMoved when the
 * incumbent isn't the one that the candidate was compared with: the evidence is about another student then.
 */
export function withPromotion(
  registry: Registry,
  promotion: Pick<LineageEntry, 'model' | 'at' | 'run' | 'round' | 'evidence' | 'reason'>,
  comparedWith: string,
): Registry {
  const isDone = registry.history.some(({ run, round }) => run === promotion.run && round === promotion.round);
  if (isDone) return registry;
  if (registry.incumbent !== comparedWith) {
    throw new IncumbentMoved(
      `The incumbent of ${registry.loop} is ${registry.incumbent}, but ${promotion.model} was compared with ${comparedWith}. Start a new run.`,
    );
  }
  const entry: LineageEntry = { how: 'promotion', ...promotion };
  return { ...registry, incumbent: entry.model, history: [...registry.history, entry] };
}

/**
 * The registry after a move back to `model`, or to the incumbent before the present one. Undefined when there is nothing
 * to move back to, or no such student in the history.
 */
export function withRollback(
  registry: Registry,
  { model, at, reason }: { readonly model?: string | undefined; readonly at: string; readonly reason: string },
): Registry | undefined {
  const target = model ?? incumbentBefore(registry);
  if (target === undefined || !registry.history.some((entry) => entry.model === target)) return undefined;
  const entry: LineageEntry = { model: target, how: 'rollback', at, run: null, round: null, evidence: null, reason };
  return { ...registry, incumbent: target, history: [...registry.history, entry] };
}

/**
 * One step down: promotions pile up, and a rollback takes off what lies above its student. A student may lie in the pile
 * twice. Below a base there is nothing: the students of another base are reached by name only.
 */
function incumbentBefore({ history }: Registry): string | undefined {
  const pile: string[] = [];
  for (const { model, how } of history) {
    if (how === 'base') pile.length = 0;
    const place = how === 'rollback' ? pile.lastIndexOf(model) : -1;
    if (place >= 0) pile.length = place + 1;
    else pile.push(model);
  }
  return pile.at(-2);
}
