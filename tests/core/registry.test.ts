import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { IncumbentMoved, InvalidInput } from '../../core/errors.ts';
import {
  baseOf,
  insistOnBase,
  newRegistry,
  type Registry,
  registrySchema,
  withBase,
  withPromotion,
  withRollback,
} from '../../core/registry.ts';

const fresh = newRegistry('desk', 'base', 'at first');
const evidence = { winRate: 0.7, low: 0.6, high: 0.8, prompts: 100, checkRate: 0.9 };

function promoted(registry: Registry, model: string, run = `run of ${registry.history.length}`): Registry {
  return withPromotion(registry, { model, at: 'now', run, round: 1, evidence, reason: null }, registry.incumbent);
}

function rolledBack(registry: Registry, model?: string): Registry | undefined {
  return withRollback(registry, { model, at: 'now', reason: 'rude' });
}

/** Any moves: a letter is promoted, '<' is a rollback by one step, '<x' one to a student by name. The same training may make the same student again. */
const registries = fc.array(fc.constantFrom('a', 'b', 'c', '<', '<base', '<a', '<b'), { maxLength: 12 }).map((moves) =>
  moves.reduce((registry: Registry, move) => {
    if (!move.startsWith('<')) return promoted(registry, move);
    return rolledBack(registry, move.slice(1) || undefined) ?? registry;
  }, fresh),
);

describe('a promotion', () => {
  test('moves the pointer, and keeps its evidence in the lineage', () => {
    const { incumbent, history } = promoted(fresh, 'a', 'run-1');

    expect(incumbent).toBe('a');
    expect(history.at(-1)).toEqual({
      model: 'a',
      how: 'promotion',
      at: 'now',
      run: 'run-1',
      round: 1,
      evidence,
      reason: null,
    });
  });

  test('repeated changes nothing, whatever has happened since', () => {
    fc.assert(
      fc.property(registries, fc.array(fc.constantFrom('x', '<'), { maxLength: 3 }), (before, since) => {
        const promotion = { model: 'new', at: 'now', run: 'run-1', round: 1, evidence, reason: null };
        const once = withPromotion(before, promotion, before.incumbent);
        const later = since.reduce(
          (registry, move) => (move === '<' ? (rolledBack(registry) ?? registry) : promoted(registry, move)),
          once,
        );

        expect(withPromotion(later, promotion, before.incumbent)).toBe(later);
      }),
    );
  });

  test('on evidence about another incumbent is refused, and says who is where', () => {
    const moved = rolledBack(promoted(fresh, 'a'))!;
    const promotion = { model: 'b', at: 'now', run: 'run-2', round: 1, evidence, reason: null };

    expect(() => withPromotion(moved, promotion, 'a')).toThrow(IncumbentMoved);
    expect(() => withPromotion(moved, promotion, 'a')).toThrow(
      'The incumbent of desk is base, but b was compared with a.',
    );
  });
});

describe('a rollback', () => {
  test('after a promotion restores the incumbent, whatever moves came before', () => {
    fc.assert(
      fc.property(registries, fc.constantFrom('a', 'b', 'new'), (before, model) => {
        expect(rolledBack(promoted(before, model))?.incumbent).toBe(before.incumbent);
      }),
    );
  });

  test('step by step undoes promotions in turn, down to the base', () => {
    const lineage = ['a', 'b', 'a', 'c'].reduce((registry, model) => promoted(registry, model), fresh);

    const passed: string[] = [];
    for (let next = rolledBack(lineage); next; next = rolledBack(next)) passed.push(next.incumbent);
    expect(passed).toEqual(['a', 'b', 'a', 'base']);
  });

  test('to a student by name takes off all that came after it', () => {
    const back = rolledBack(
      ['a', 'b', 'c'].reduce((registry, model) => promoted(registry, model), fresh),
      'a',
    )!;

    expect(back.incumbent).toBe('a');
    expect(rolledBack(back)?.incumbent).toBe('base');
  });

  test('to the incumbent itself takes nothing off', () => {
    const same = rolledBack(promoted(promoted(fresh, 'a'), 'b'), 'b')!;

    expect(rolledBack(same)?.incumbent).toBe('a');
  });

  test('from the base, or to a stranger, there is none', () => {
    expect(rolledBack(fresh)).toBeUndefined();
    expect(rolledBack(promoted(fresh, 'a'), 'stranger')).toBeUndefined();
  });

  test('forgets nothing: the lineage only grows', () => {
    fc.assert(
      fc.property(registries, (before) => {
        const after = rolledBack(before) ?? before;

        expect(after.history.slice(0, before.history.length)).toEqual(before.history);
        expect(registrySchema.safeParse(after).success).toBe(true);
        expect(after.history.at(-1)?.model).toBe(after.incumbent);
      }),
    );
  });
});

describe('a start from another base', () => {
  const startedAgain = (registry: Registry, model: string) =>
    withBase(registry, { model, at: 'now', reason: 'a fresh start' });

  test('makes it the incumbent and the base, and forgets nothing', () => {
    fc.assert(
      fc.property(registries, (before) => {
        const after = startedAgain(before, 'other');

        expect([after.incumbent, baseOf(after)]).toEqual(['other', 'other']);
        expect(after.history.slice(0, -1)).toEqual(before.history);
        expect(registrySchema.safeParse(after).success).toBe(true);
      }),
    );
  });

  test('has nothing below it: a rollback does not lead to students of the base before', () => {
    const other = startedAgain(promoted(fresh, 'a'), 'other');

    expect(rolledBack(other)).toBeUndefined();
    expect(rolledBack(promoted(other, 'b'))?.incumbent).toBe('other');
  });

  test('leaves the students before within reach, by name', () => {
    const other = startedAgain(promoted(fresh, 'a'), 'other');

    expect(rolledBack(other, 'a')?.incumbent).toBe('a');
  });
});

describe('the base of a loop', () => {
  test('stays the same whatever is promoted or rolled back', () => {
    fc.assert(
      fc.property(registries, (registry) => {
        expect(baseOf(registry)).toBe('base');
        expect(() => insistOnBase(registry, 'base')).not.toThrow();
      }),
    );
  });

  test('that the loop file does not name is refused, and both are named', () => {
    expect(() => insistOnBase(fresh, 'other')).toThrow(InvalidInput);
    expect(() => insistOnBase(fresh, 'other')).toThrow(
      'student.model is other, but its students so far come from base; start from other with --fresh',
    );
  });
});
