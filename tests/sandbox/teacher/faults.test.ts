import { describe, expect, test } from '@jest/globals';
import { comparisonQuestion, scoreQuestion } from '../../../core/judging/judge-prompt.ts';
import { readComparison } from '../../../core/judging/read-answer.ts';
import type { Comparison } from '../../../core/judging/verdict.ts';
import { graderSchema, gradeSample } from '../../../sandbox/server/graders.ts';
import type { TeacherFaults } from '../../../sandbox/teacher/faults.ts';
import { ruleTeacher } from '../../../sandbox/teacher/rule-teacher.ts';
import { askModel, broken, choiceOf, rubric } from './desk-questions.ts';

/** Distinct replies: the even ones are right, the odd ones rude. */
const pairs = Array.from({ length: 300 }, (_, index) => ({
  right: { id: 'right', text: `Sorry! Case ${index}: a replacement kettle is on its way.` },
  rude: { id: 'rude', text: `Case ${index}: read the manual, you fool.` },
}));

async function ask(faults: TeacherFaults, key = 'key'): Promise<{ rightFirst: Comparison; rudeFirst: Comparison }[]> {
  const model = ruleTeacher({ faults });
  const compare = async (shown: Parameters<typeof comparisonQuestion>[2]) => {
    const question = comparisonQuestion(broken, rubric, shown, key);
    return readComparison(await askModel(model, { ...question, maxTokens: 64, seed: 1 }), question);
  };
  return Promise.all(
    pairs.map(async ({ right, rude }) => ({
      rightFirst: await compare([right, rude]),
      rudeFirst: await compare([rude, right]),
    })),
  );
}

const winner = (comparison: Comparison) => (comparison.kind === 'verdict' ? comparison.winner : comparison.reason);
const count = (comparisons: readonly Comparison[], what: string) =>
  comparisons.filter((comparison) => winner(comparison) === what).length;
/** 300 draws at 0.4: 120 expected, 34 is 4 standard deviations. */
const expectFourTenths = (found: number) => expect(Math.abs(found - 120)).toBeLessThan(34);

describe('each switch strikes its share', () => {
  test('position bias: the first shown wins, rightly or not', async () => {
    const asked = await ask({ positionBias: 0.4 });

    expect(asked.every(({ rightFirst }) => winner(rightFirst) === 'right')).toBe(true);
    expectFourTenths(
      count(
        asked.map(({ rudeFirst }) => rudeFirst),
        'rude',
      ),
    );
  });

  test('noise: verdicts are turned round, each order by itself', async () => {
    const asked = await ask({ noise: 0.4 });

    expectFourTenths(
      count(
        asked.map(({ rightFirst }) => rightFirst),
        'rude',
      ),
    );
    expectFourTenths(
      count(
        asked.map(({ rudeFirst }) => rudeFirst),
        'rude',
      ),
    );
    const twice = asked.filter(
      ({ rightFirst, rudeFirst }) => winner(rightFirst) === 'rude' && winner(rudeFirst) === 'rude',
    );
    // 0.16 of 300: 48 expected.
    expect(Math.abs(twice.length - 48)).toBeLessThan(26);
  });

  test('order dependence: the two orders contradict each other, by either slot', async () => {
    const asked = await ask({ orderDependent: 0.4 });
    const contradicting = asked.filter(({ rightFirst, rudeFirst }) => winner(rightFirst) !== winner(rudeFirst));

    expectFourTenths(contradicting.length);
    expect(
      count(
        contradicting.map(({ rightFirst }) => rightFirst),
        'right',
      ),
    ).toBeGreaterThan(20);
    expect(
      count(
        contradicting.map(({ rightFirst }) => rightFirst),
        'rude',
      ),
    ).toBeGreaterThan(20);
    expect(
      asked.filter(({ rightFirst, rudeFirst }) => winner(rightFirst) === 'rude' && winner(rudeFirst) === 'rude'),
    ).toEqual([]);
  });

  test.each([
    ['ties', { ties: 0.4 }, ['tie']],
    ['refusals', { refusals: 0.4 }, ['refused']],
    ['malformed answers', { malformed: 0.4 }, ['unreadable', 'unknown-response']],
  ])('%s: the others are as sound as ever', async (_, faults, outcomes) => {
    const asked = (await ask(faults)).map(({ rudeFirst }) => rudeFirst);
    const struck = outcomes.map((outcome) => count(asked, outcome)).reduce((sum, one) => sum + one);

    expectFourTenths(struck);
    expect(count(asked, 'right')).toBe(300 - struck);
  });
});

describe('a planted fault', () => {
  const all = { positionBias: 0.2, noise: 0.2, ties: 0.2, malformed: 0.2, orderDependent: 0.2, refusals: 0.2 };
  const outcomes = (asked: Awaited<ReturnType<typeof ask>>) =>
    asked.map(({ rightFirst, rudeFirst }) => [winner(rightFirst), winner(rudeFirst)]);

  test('comes again with the same question, whatever its labels and nonce', async () => {
    expect(outcomes(await ask(all, 'one run'))).toEqual(outcomes(await ask(all, 'another run')));
  });

  test('comes at other questions with another seed', async () => {
    expect(outcomes(await ask({ ...all, seed: 1 }))).not.toEqual(outcomes(await ask({ ...all, seed: 2 })));
  });
});

describe('malformed answers', () => {
  test('take ten forms, and none of them is read as a verdict', async () => {
    const asked = (await ask({ malformed: 1 })).map(({ rightFirst }) => rightFirst);
    const forms = new Set(asked.map((comparison) => (comparison.kind === 'abstention' ? comparison.said : 'verdict')));

    expect(forms).not.toContain('verdict');
    expect(forms.size).toBe(10);
  });

  test('to a score are no reward for a grader', async () => {
    const model = ruleTeacher({ faults: { malformed: 1 } });
    for (const { right } of pairs.slice(0, 60)) {
      const input = scoreQuestion('My kettle arrived broken.', rubric, '{{sample.output_text}}', 'n0nce');
      const grader = graderSchema.parse({ type: 'score_model', model: model.id, range: [0, 10], input });

      const grade = await gradeSample(
        grader,
        { text: right.text, item: {} },
        async () => model,
        AbortSignal.timeout(9999),
      );

      expect(grade).toEqual({ kind: 'ungraded', reason: 'the answer holds no score' });
    }
  });

  test('a sound score is a reward', async () => {
    const input = scoreQuestion('{{item.request}}', rubric, '{{sample.output_text}}', 'n0nce');
    const grader = graderSchema.parse({ type: 'score_model', model: 'desk-teacher', range: [0, 10], input });
    const sample = { text: 'Sorry! A replacement kettle is on its way.', item: { request: 'My kettle came broken.' } };

    const grade = await gradeSample(grader, sample, async () => ruleTeacher(), AbortSignal.timeout(9999));

    expect(grade).toEqual({ kind: 'graded', reward: expect.closeTo(9.94) });
  });

  test('a refused score carries the refusal and no content', async () => {
    const model = ruleTeacher({ faults: { refusals: 1 } });
    const choice = await choiceOf(model, scoreQuestion('My kettle is late.', rubric, 'We will track it.', 'n0nce'));

    expect(choice).toMatchObject({ content: '', refusal: expect.stringContaining('rather not') });
  });
});
