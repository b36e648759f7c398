import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Outcome } from '../../../core/evaluation/evaluated-prompt.ts';
import { alphaOfRound, decidePromotion } from '../../../core/evaluation/gate.ts';
import type { EvaluationSummary } from '../../../core/evaluation/summarize-evaluation.ts';
import { randomFor } from '../../../core/random.ts';
import { decisionSchema, type Guard, type HeldOut } from '../../../core/report.ts';
import { outcomesAt, settings, summaryOf } from './evaluations.ts';

const once = { rounds: 1 };
/** Wins and losses, evenly mixed. */
const spread = (wins: number, losses: number): Outcome[] =>
  Array.from({ length: wins + losses }, (_, index) => {
    const winsUpTo = (count: number) => Math.floor((count * wins) / (wins + losses));
    return winsUpTo(index + 1) > winsUpTo(index) ? 'win' : 'loss';
  });
const winning = summaryOf(spread(70, 30));
const decide = (summary: EvaluationSummary, rounds = 1) => decidePromotion(summary, settings, { rounds });

/** A winner whose held-out responses differ from the incumbent's like this. */
function winnerWith(
  candidate: Partial<HeldOut>,
  incumbent: Partial<HeldOut> = {},
  rest: Partial<EvaluationSummary> = {},
) {
  const heldOut = {
    incumbent: { ...winning.heldOut.incumbent, ...incumbent },
    candidate: { ...winning.heldOut.candidate, ...candidate },
  };
  return { ...winning, heldOut, ...rest };
}

describe('the evidence', () => {
  test('of a clear winner promotes, and says its numbers first', () => {
    const { promote, reasons, alpha, guards } = decide(winning);

    expect(promote).toBe(true);
    expect(alpha).toBe(0.05);
    expect(reasons[0]).toMatch(
      /^The candidate's win rate on 100 held-out prompts is 70\.0 % .* reached .*, 20 was needed\.$/,
    );
    expect(reasons.slice(1)).toEqual(['All 6 guards hold.']);
    expect(guards.every((guard) => guard.passed)).toBe(true);
  });

  test('of a slight lead does not promote', () => {
    const { promote, reasons } = decide(summaryOf(spread(55, 45)));

    expect(promote).toBe(false);
    expect(reasons).toHaveLength(1);
    expect(reasons[0]).toMatch(/^The candidate's win rate .* is 55\.0 % .* 20 was needed\.$/);
  });

  test('that is needed grows with the rounds of the run, so that all of them share one alpha', () => {
    const needed = [1, 3, 20].map((rounds) => decide(summaryOf(spread(96, 54)), rounds));

    expect(alphaOfRound({ alpha: 0.05 }, 3) * 3).toBeCloseTo(0.05, 12);
    expect(needed.map(({ promote }) => promote)).toEqual([true, true, false]);
    expect(needed.map(({ reasons }) => /(\d+) was needed/.exec(reasons[0]!)?.[1])).toEqual(['20', '60', '400']);
  });

  test('is not enough on few prompts', () => {
    const { promote, reasons } = decide(summaryOf(Array(49).fill('win')));

    expect(promote).toBe(false);
    expect(reasons[0]).toBe('49 held-out prompts are too few: 50 are needed.');
    expect(decide(summaryOf(Array(50).fill('win'))).promote).toBe(true);
  });

  test('of early luck does not promote who loses in the end', () => {
    const { promote, reasons } = decide(summaryOf([...Array(50).fill('win'), ...Array(50).fill('loss')]));

    expect(promote).toBe(false);
    expect(reasons[0]).toBe('Over all 100 prompts the candidate did not win more than it lost.');
  });

  test.each([
    ['no prompt', [], 'There is nothing to compare: no held-out prompt was evaluated.'],
    [
      'abstentions only',
      Array(80).fill('abstention'),
      'There is nothing to compare: all 80 prompts ended in an abstention.',
    ],
  ])('of %s refuses in words', (_, outcomes, words) => {
    const decision = decide(summaryOf(outcomes));

    expect(decision).toMatchObject({ promote: false, reasons: [words] });
    expect(decisionSchema.parse(decision)).toEqual(decision);
  });

  test('of ties only is none', () => {
    expect(decide(summaryOf(Array(500).fill('tie'))).promote).toBe(false);
  });
});

describe('2,000 runs of 400 prompts', () => {
  const runs = (name: string, winRate: number, ties?: number) =>
    Array.from({ length: 2000 }, (_, run) => summaryOf(outcomesAt(winRate, 400, randomFor(name, run), ties)));
  const share = <T>(all: readonly T[], holds: (one: T) => boolean) => all.filter(holds).length / all.length;

  test.each([
    ['with ties', 0.13],
    ['without ties', 0],
  ])(
    'promote an equal student in at most alpha of them, where "more than 50 %" promotes nearly half: %s',
    (name, ties) => {
      const equal = runs(`equal ${name}`, 0.5, ties);

      expect(share(equal, (one) => decide(one).promote)).toBeLessThanOrEqual(0.05);
      expect(share(equal, (one) => one.evaluation.winRate > 0.5)).toBeGreaterThan(0.45);
    },
  );

  test('promote a student that wins 60 % in at least 95 of 100, and one that wins 40 % never', () => {
    expect(share(runs('better', 0.6), (one) => decide(one).promote)).toBeGreaterThanOrEqual(0.95);
    expect(share(runs('worse', 0.4), (one) => decide(one).promote)).toBe(0);
  });
});

describe('the guards', () => {
  const checks = (onlyCandidate: number, onlyIncumbent: number, prompts = 100) => ({
    pairedChecks: { prompts, onlyCandidate, onlyIncumbent },
  });
  const bad: [Guard['name'], EvaluationSummary, EvaluationSummary][] = [
    [
      'checks',
      winnerWith({ checkRate: 0.7 }, { checkRate: 0.8 }, checks(5, 15)),
      winnerWith({ checkRate: 0.8 }, { checkRate: 0.8 }, checks(1, 1)),
    ],
    ['length', winnerWith({ meanWords: 41 }, { meanWords: 20 }), winnerWith({ meanWords: 40 }, { meanWords: 20 })],
    ['length', winnerWith({ meanWords: 9 }, { meanWords: 20 }), winnerWith({ meanWords: 10 }, { meanWords: 20 })],
    [
      'refusals',
      winnerWith({ refusalRate: 0.33 }, { refusalRate: 0.3 }),
      winnerWith({ refusalRate: 0.32 }, { refusalRate: 0.3 }),
    ],
    [
      'repetition',
      winnerWith({ repetition: 0.4 }, { repetition: 0.2 }),
      winnerWith({ repetition: 0.3 }, { repetition: 0.2 }),
    ],
    ['cut-off', winnerWith({ cutOffRate: 0.1 }), winnerWith({ cutOffRate: 0.05 })],
    [
      'readable-verdicts',
      summaryOf([...Array(95).fill('win'), ...Array(5).fill('abstention')]),
      summaryOf([...Array(98).fill('win'), ...Array(2).fill('abstention')]),
    ],
  ];

  test.each(bad)('%s alone turns a winner down, and at its limit lets it pass', (name, over, within) => {
    const refused = decide(over);
    const failed = refused.guards.filter((guard) => !guard.passed);

    expect(refused.promote).toBe(false);
    expect(failed.map((guard) => guard.name)).toEqual([name]);
    expect(refused.reasons[0]).toBe(failed[0]?.says);
    expect(refused.reasons[1]).toMatch(/^The candidate's win rate /);
    expect(decide(within).promote).toBe(true);
  });

  test('are all said, with numbers, whether they hold or not', () => {
    const names = ['checks', 'length', 'refusals', 'repetition', 'cut-off', 'readable-verdicts'];

    for (const [, over, within] of bad) {
      for (const summary of [over, within]) {
        const { guards } = decide(summary);
        expect(guards.map((guard) => guard.name)).toEqual(names);
        expect(guards.filter((guard) => !/\d.*\.$/.test(guard.says) && guard.name !== 'checks')).toEqual([]);
      }
    }
  });

  test('do not hold a rise of nothing against the candidate', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true }), (a, b) => {
        const [less, more] = [Math.min(a, b), Math.max(a, b)];
        const better = { refusalRate: less, repetition: less, cutOffRate: less };
        const worse = { refusalRate: more, repetition: more, cutOffRate: more };

        expect(decide(winnerWith(better, worse)).promote).toBe(true);
      }),
    );
  });

  test('of checks want prompts enough to tell', () => {
    const few = winnerWith({ checkRate: 1 }, { checkRate: 1 }, checks(0, 0, 20));
    const many = winnerWith({ checkRate: 1 }, { checkRate: 1 }, checks(0, 0, 200));

    expect(decide(few).promote).toBe(false);
    expect(decide(many).promote).toBe(true);
  });

  test('of checks and length have nothing to say where there are no checks and no words', () => {
    const { guards, promote } = decide(winnerWith({ meanWords: 5 }, { meanWords: 0 }));

    expect(promote).toBe(true);
    expect(guards.find((guard) => guard.name === 'checks')?.says).toContain('nothing to compare');
  });

  test('are as strict as the loop says', () => {
    const summary = winnerWith({ refusalRate: 0.2 });
    const lenient = { ...settings, guards: { ...settings.guards, refusals: 0.25 } };

    expect(decidePromotion(summary, settings, once).promote).toBe(false);
    expect(decidePromotion(summary, lenient, once).promote).toBe(true);
  });
});
