import { describe, expect, test } from '@jest/globals';
import { parseExpression } from '../../../sandbox/server/calculate-output.ts';
import { graderSchema, gradeSample } from '../../../sandbox/server/graders.ts';

const sample = { text: 'A replacement is on its way.', item: { answer: 'replacement', nested: { n: 2 } } };
const grade = (grader: unknown, answer = '') =>
  gradeSample(
    graderSchema.parse(grader),
    sample,
    async (id) => ({ id, respond: () => ({ choices: [{ content: answer, finishReason: 'stop' }] }) }),
    new AbortController().signal,
  );
const text = { input: '{{sample.output_text}}', reference: '{{item.answer}}' };

describe('graders', () => {
  test.each([
    ['eq', 0],
    ['ne', 1],
    ['like', 1],
    ['ilike', 1],
  ])('string_check %s gives %d', async (operation, reward) => {
    expect(await grade({ type: 'string_check', operation, ...text })).toEqual({ kind: 'graded', reward });
  });

  test('text_similarity is 1 for equal texts and less for others', async () => {
    const similarity = { type: 'text_similarity', evaluation_metric: 'fuzzy_match', ...text };

    expect(await grade({ ...similarity, reference: text.input })).toEqual({ kind: 'graded', reward: 1 });
    expect(await grade(similarity)).toMatchObject({ reward: expect.closeTo(22 / 39) });
  });

  test.each([
    ['{"score": 7}', { kind: 'graded', reward: 7 }],
    ['7.5', { kind: 'graded', reward: 7.5 }],
    ['Seven.', { kind: 'ungraded', reason: 'the answer holds no score' }],
    ['{"score": "7"}', { kind: 'ungraded', reason: 'the answer holds no score' }],
    ['{"score": 11}', { kind: 'ungraded', reason: 'the score is out of range' }],
  ])('score_model reads %s', async (answer, expected) => {
    const input = [{ role: 'user', content: '{{item.nested.n}} {{sample.output_text}}' }];

    expect(await grade({ type: 'score_model', model: 'any', range: [0, 10], input }, answer)).toEqual(expected);
  });

  test('a template that names a missing field gives no grade', async () => {
    const grader = { type: 'string_check', operation: 'eq', input: '{{item.missing}}', reference: '' };

    expect(await grade(grader)).toMatchObject({ kind: 'ungraded' });
  });

  test('python graders and unknown names in calculate_output are refused', () => {
    const multi = { type: 'multi', graders: {}, calculate_output: 'a + 1' };

    expect(graderSchema.safeParse({ type: 'python', source: '' }).success).toBe(false);
    expect(graderSchema.safeParse(multi).success).toBe(false);
  });
});

describe('calculate_output', () => {
  test.each([
    ['1 + 2 * 3', 7],
    ['(1 + 2) * 3', 9],
    ['8 / 4 / 2', 1],
    ['-a + b', 1],
    ['0.8*a - -0.2*b', 2.2],
  ])('%s is %d', (expression, value) => {
    expect(parseExpression(expression)({ a: 2, b: 3 })).toBeCloseTo(value);
  });

  test.each(['', '1 +', '(1', 'a b', 'a.b', 'f(1)', '`a`', '1; 2'])('%j is refused', (expression) => {
    expect(() => parseExpression(expression)).toThrow(SyntaxError);
  });
});
