import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { compareByChecks } from '../../../core/judging/compare-by-checks.ts';
import { responseWith } from './judging-fixture.ts';

const failed = fc.subarray(['words', 'ending', 'json']);
const finish = fc.constantFrom('stop' as const, 'length' as const);
const response = (index: number) =>
  fc.record({ failed, finish }).map((more) => responseWith(index, `text ${index}`, more));

describe('compareByChecks', () => {
  test('the other order gives the same winner', () => {
    fc.assert(
      fc.property(response(0), response(1), (first, second) => {
        expect(compareByChecks(first, second)?.winner).toBe(compareByChecks(second, first)?.winner);
      }),
    );
  });

  test('no response is better than itself', () => {
    fc.assert(
      fc.property(response(0), (one) => {
        expect(compareByChecks(one, one)).toBeUndefined();
      }),
    );
  });

  test('the winner fails a true subset of what the loser fails; where neither does, code has no verdict', () => {
    fc.assert(
      fc.property(response(0), response(1), (first, second) => {
        const [a, b] = [first, second].map(({ checks }) => new Set(checks.failed));
        const firstIsBetter = a!.isSubsetOf(b!) && a!.size < b!.size;
        const secondIsBetter = b!.isSubsetOf(a!) && b!.size < a!.size;

        const winner = compareByChecks(first, second)?.winner;

        expect(winner).toBe(firstIsBetter ? first.id : secondIsBetter ? second.id : undefined);
      }),
    );
  });

  test('a verdict says that checks gave it and in which order the two stood', () => {
    const verdict = compareByChecks(responseWith(0, 'a', { failed: ['words'] }), responseWith(1, 'b'));

    expect(verdict).toEqual({ kind: 'verdict', compared: ['p-1/0', 'p-1/1'], winner: 'p-1/1', decidedBy: 'checks' });
  });

  test('being cut off decides nothing', () => {
    const cut = responseWith(0, 'a', { finish: 'length' });

    expect(compareByChecks(cut, responseWith(1, 'b'))).toBeUndefined();
    expect(compareByChecks(cut, responseWith(1, 'b', { failed: ['words'] }))?.winner).toBe('p-1/0');
  });
});
