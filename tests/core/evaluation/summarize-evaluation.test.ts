import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { wealthAgainst } from '../../../core/evaluation/betting.ts';
import { type EvaluatedPrompt, outcomeSchema } from '../../../core/evaluation/evaluated-prompt.ts';
import { evaluationSummarySchema, summarizeEvaluation } from '../../../core/evaluation/summarize-evaluation.ts';
import { contentHash } from '../../../core/random.ts';
import { checked, evaluated, response } from './evaluations.ts';

const models = { incumbent: 'tiny', candidate: 'tiny:round-1' };
const opposite = { win: 'loss', loss: 'win', tie: 'tie', abstention: 'abstention' } as const;
const rows = fc
  .array(fc.constantFrom(...outcomeSchema.options), { minLength: 1, maxLength: 300 })
  .map((outcomes) => outcomes.map((outcome, index) => evaluated(`p${index}`, outcome)));

const valuesOf = (all: readonly EvaluatedPrompt[]) => all.map((row) => row.score);
const highest = (wealth: readonly (readonly [number, number])[]) => Math.max(...wealth.map(([, log10]) => log10));

async function* streamed(all: readonly EvaluatedPrompt[]) {
  yield* all;
}

describe('the evaluation', () => {
  test('counts every prompt once, and a tie or an abstention as half a win', async () => {
    await fc.assert(
      fc.asyncProperty(rows, async (all) => {
        const { evaluation } = await summarizeEvaluation(all, models);
        const { wins, ties, losses, abstentions, prompts, winRate } = evaluation;

        expect(wins + ties + losses + abstentions).toBe(prompts);
        expect(winRate).toBeCloseTo((wins + (ties + abstentions) / 2) / all.length, 12);
      }),
      { numRuns: 30 },
    );
  });

  test('counts a win by how sure the teacher is of it', async () => {
    const unsure = Array.from({ length: 100 }, (_, index) => evaluated(`p${index}`, 'win', { score: 0.52 }));
    const { evaluation } = await summarizeEvaluation(unsure, models);

    expect(evaluation).toMatchObject({ wins: 100, winRate: expect.closeTo(0.52, 9) });
    expect(highest(evaluation.wealth)).toBeLessThan(Math.log10(20));
  });

  test('seen from the incumbent is its mirror image', async () => {
    await fc.assert(
      fc.asyncProperty(rows, async (all) => {
        const { evaluation: ours } = await summarizeEvaluation(all, models);
        const swapped = all.map((row) => ({ ...row, outcome: opposite[row.outcome], score: 1 - row.score }));
        const { evaluation: theirs } = await summarizeEvaluation(swapped, models);

        expect(theirs.winRate).toBeCloseTo(1 - ours.winRate, 12);
        expect(theirs.low).toBeCloseTo(1 - ours.high, 9);
        expect(theirs.high).toBeCloseTo(1 - ours.low, 9);
      }),
      { numRuns: 30 },
    );
  });

  test('does not depend on the order of the rows, nor on how they come', async () => {
    await fc.assert(
      fc.asyncProperty(rows, async (all) => {
        const forwards = await summarizeEvaluation(all, models);

        expect(await summarizeEvaluation(streamed(all.toReversed()), models)).toEqual(forwards);
      }),
      { numRuns: 30 },
    );
  });

  test('does not let the first half of a sorted file decide', async () => {
    const sorted = Array.from({ length: 200 }, (_, index) => evaluated(`p${index}`, index < 100 ? 'win' : 'loss'));
    const { evaluation } = await summarizeEvaluation(sorted, models);

    expect(highest(evaluation.wealth)).toBeLessThan(Math.log10(20));
    expect(wealthAgainst(0.5, valuesOf(sorted)).maximum).toBeGreaterThan(Math.log10(20));
  });

  test.each([1, 119, 120, 1000, 2345])(
    'of %d prompts draws at most 120 points, its highest among them',
    async (count) => {
      const all = Array.from({ length: count }, (_, index) => evaluated(`p${index}`, index % 2 ? 'win' : 'loss'));
      const inOrder = all.toSorted((a, b) => (contentHash(a.prompt) < contentHash(b.prompt) ? -1 : 1));
      const { wealth } = (await summarizeEvaluation(all, models)).evaluation;
      const seen = wealth.map(([prompts]) => prompts);

      expect(seen.length).toBeLessThanOrEqual(120);
      expect([seen[0], seen.at(-1)]).toEqual([0, count]);
      expect(seen).toEqual([...new Set(seen)].toSorted((a, b) => a - b));
      expect(highest(wealth)).toBe(wealthAgainst(0.5, valuesOf(inOrder)).maximum);
    },
  );

  test('of nothing is one half, with nothing known', async () => {
    const summary = await summarizeEvaluation([], models);

    expect(summary.evaluation).toMatchObject({ winRate: 0.5, low: 0, high: 1, prompts: 0, wealth: [[0, 0]] });
    expect(summary.heldOut.candidate).toMatchObject({ model: 'tiny:round-1', responses: 0, checkRate: null });
    expect(evaluationSummarySchema.parse(summary)).toEqual(summary);
  });

  test('adds up reasons, calls and what the checks decided', async () => {
    const usage = { calls: 1, promptTokens: 10, completionTokens: 2, usd: 0.5 };
    const summary = await summarizeEvaluation(
      [
        evaluated('a', 'win', { decidedBy: 'checks' }),
        evaluated('b', 'loss', { usage }),
        evaluated('c', 'abstention', { usage }),
        evaluated('d', 'abstention', { abstention: 'missing-response', candidate: null }),
      ],
      models,
    );

    expect(summary.evaluation.decidedByChecks).toBe(1);
    expect(summary.abstentionReasons).toEqual({ unreadable: 1, 'missing-response': 1 });
    expect(summary.usage).toEqual({ calls: 2, promptTokens: 20, completionTokens: 4, usd: 1 });
    expect([summary.heldOut.incumbent.responses, summary.heldOut.candidate.responses]).toEqual([4, 3]);
  });
});

describe('the checks', () => {
  test('are counted per student, and in pairs where both were checked', async () => {
    const { heldOut, pairedChecks } = await summarizeEvaluation(
      [
        evaluated('both', 'tie', { incumbent: checked('a', []), candidate: checked('b', []) }),
        evaluated('new', 'win', { incumbent: checked('a', ['x']), candidate: checked('b', []) }),
        evaluated('old', 'loss', { incumbent: checked('a', []), candidate: checked('b', ['x']) }),
        evaluated('none', 'loss', { incumbent: checked('a', ['x']), candidate: checked('b', ['y']) }),
        evaluated('gone', 'abstention', { incumbent: checked('a', []), candidate: null }),
        evaluated('unchecked', 'win'),
      ],
      models,
    );

    expect(heldOut.incumbent.checkRate).toBe(3 / 5);
    expect(heldOut.candidate.checkRate).toBe(2 / 4);
    expect(pairedChecks).toEqual({ prompts: 4, onlyCandidate: 1, onlyIncumbent: 1 });
  });

  test('are not kept by a response that is cut off, refused or empty', async () => {
    const right = checked('fine', []);
    const candidates = [right, { ...right, finish: 'length' as const }, { ...right, finish: 'refusal' as const }];
    const all = [...candidates, { ...right, text: ' ' }].map((candidate, index) =>
      evaluated(`p${index}`, 'tie', { incumbent: right, candidate }),
    );
    const { heldOut, pairedChecks } = await summarizeEvaluation(all, models);

    expect(heldOut.candidate.checkRate).toBe(1 / 4);
    expect(pairedChecks).toEqual({ prompts: 4, onlyCandidate: 0, onlyIncumbent: 3 });
  });
});

test('length, repetition, refusals and cut-off responses are means over all responses of a student', async () => {
  const said = [
    response('one two three four'),
    response('again and again and again and'),
    response('I cannot help with that.'),
    response('cut', { finish: 'length' }),
  ];
  const all = said.map((candidate, index) => evaluated(`p${index}`, 'tie', { candidate }));
  const { candidate } = (await summarizeEvaluation(all, models)).heldOut;

  expect(candidate).toMatchObject({ responses: 4, meanWords: (4 + 6 + 5 + 1) / 4 });
  expect(candidate).toMatchObject({ refusalRate: 1 / 4, cutOffRate: 1 / 4, repetition: (0 + 3 / 5 + 0 + 0) / 4 });
});
