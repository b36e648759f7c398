import { afterAll, describe, expect, test } from '@jest/globals';
import { agreedWinner, type JudgeSettings, judgeResponses } from '../../../core/judging/judge-responses.ts';
import type { JudgedPrompt } from '../../../core/judging/judged-prompt.ts';
import type { Teacher } from '../../../core/ports.ts';
import { openaiTeacher } from '../../../providers/openai-compatible/teacher.ts';
import type { TeacherFaults } from '../../../sandbox/teacher/faults.ts';
import { ruleTeacher } from '../../../sandbox/teacher/rule-teacher.ts';
import { closeSandboxes, openSandbox } from '../server/sandbox-fixture.ts';
import { askModel, rubric } from './desk-questions.ts';
import { type Planted, plantedPrompts } from './planted-replies.ts';

afterAll(closeSandboxes);

const planted = plantedPrompts(160);
/** Prompts with a better and a worse reply: nothing can be learned from the others. */
const learnable = planted.filter(({ truth }) => new Set(truth.values()).size > 1);
const settings: JudgeSettings = {
  rubric,
  critiques: true,
  canaryShare: 0.1,
  maxTokens: 256,
  price: { prompt: 0, completion: 0 },
};

const judge = ({ prompt, sampled }: Planted, teacher: Teacher) =>
  judgeResponses(prompt, sampled, teacher, settings, `planted ${prompt.id}`);

interface Outcome {
  /** Agreed pairs whose chosen reply is truly better than the rejected one. */
  readonly right: number;
  /** … is truly worse. */
  readonly wrong: number;
  /** … is as good, and better only in manner. */
  readonly even: number;
  readonly none: number;
  readonly missedCanaries: number;
}

/** Judges all prompts and holds every label against the truth; what is lost on the way fails here. */
async function outcomeUnder(faults: TeacherFaults, prompts = planted): Promise<Outcome> {
  const model = ruleTeacher({ faults });
  let calls = 0;
  const teacher: Teacher = {
    model: model.id,
    ask: (request) => {
      calls++;
      return askModel(model, request);
    },
  };
  const outcome = { right: 0, wrong: 0, even: 0, none: 0, missedCanaries: 0 };
  for (const one of prompts) {
    const before = calls;
    const judged = await judge(one, teacher);
    expectNothingLost(one, judged, calls - before);
    outcome[labelOf(one, judged)]++;
    outcome.missedCanaries += Number(judged.canary === 'missed');
  }
  return outcome;
}

function labelOf({ truth }: Planted, { confirmation, extremes }: JudgedPrompt): 'right' | 'wrong' | 'even' | 'none' {
  const chosen = agreedWinner(confirmation);
  if (chosen === undefined || !extremes) return 'none';
  const rejected = chosen === extremes.best ? extremes.worst : extremes.best;
  const ahead = (truth.get(chosen) ?? 0) - (truth.get(rejected) ?? 0);
  return ahead > 0 ? 'right' : ahead < 0 ? 'wrong' : 'even';
}

function expectNothingLost({ sampled }: Planted, judged: JudgedPrompt, calls: number): void {
  const { search, confirmation, critiques, canary, extremes } = judged;
  const ids = [...judged.judged, ...Object.keys(judged.leftOut)].sort();
  expect(ids).toEqual(sampled.responses.map(({ id }) => id));
  expect(judged.usage.calls).toBe(calls);
  const orders = new Set([...search, ...confirmation].map(({ compared }) => compared.join()));
  const asksForCritiques = extremes !== null && agreedWinner(confirmation) === extremes.best;
  expect(calls).toBe(orders.size + Number(canary !== null) + Number(asksForCritiques));
  if (critiques) expect(asksForCritiques).toBe(true);
}

describe('labels on planted replies', () => {
  test('there is enough to learn from', () => {
    expect(learnable.length).toBeGreaterThan(140);
  });

  test('a sound teacher gives every learnable prompt a right pair and misses no canary', async () => {
    const outcome = await outcomeUnder({});

    expect(outcome).toMatchObject({ right: learnable.length, wrong: 0, missedCanaries: 0 });
  });

  test.each<[string, TeacherFaults, number]>([
    ['position bias', { positionBias: 0.3 }, 60],
    ['ties', { ties: 0.3 }, 40],
    ['malformed answers', { malformed: 0.3 }, 40],
    ['contradictions between the orders', { orderDependent: 0.3 }, 60],
    ['refusals', { refusals: 0.3 }, 40],
    ['all of these', { positionBias: 0.15, ties: 0.15, malformed: 0.15, orderDependent: 0.15, refusals: 0.15 }, 20],
  ])('%s: no label is wrong, and what is left suffices', async (_, faults, least) => {
    const outcome = await outcomeUnder(faults);

    expect(outcome.wrong).toBe(0);
    expect(outcome.right).toBeGreaterThanOrEqual(least);
  });

  test.each<[string, TeacherFaults]>([
    ['position bias', { positionBias: 1 }],
    ['ties', { ties: 1 }],
    ['malformed answers', { malformed: 1 }],
    ['contradictions between the orders', { orderDependent: 1 }],
    ['refusals', { refusals: 1 }],
  ])('nothing but %s: no label at all', async (_, faults) => {
    expect(await outcomeUnder(faults, planted.slice(0, 20))).toMatchObject({ right: 0, wrong: 0, even: 0, none: 20 });
  });

  test('noise is the one fault that both orders cannot rule out, but they more than halve it', async () => {
    const { right, wrong } = await outcomeUnder({ noise: 0.3 });

    // Measured over three seeds: 0.06 to 0.14 of the labels, against 0.25 to 0.34 of single verdicts.
    expect(wrong).toBeGreaterThan(0);
    expect(wrong / (right + wrong)).toBeLessThan(0.2);
    expect(right).toBeGreaterThan(40);
  });

  test('all mixed with noise: labels stay as right as noise allows', async () => {
    const share = 0.1;
    const all = { positionBias: share, ties: share, malformed: share, orderDependent: share, refusals: share };

    const { right, wrong } = await outcomeUnder({ ...all, noise: share });

    expect(wrong / (right + wrong)).toBeLessThan(0.06);
    expect(right).toBeGreaterThan(30);
  });
});

describe('over the wire', () => {
  test('the verdicts are those of the model itself, probabilities and critiques included', async () => {
    const faults = { malformed: 0.1, refusals: 0.1, ties: 0.1 };
    const model = ruleTeacher({ faults });
    const { client } = await openSandbox({ teacher: model });
    const remote = openaiTeacher({ client, model: model.id, logprobs: true });
    const local: Teacher = { model: model.id, ask: (request) => askModel(model, request) };

    for (const one of planted.slice(0, 12)) {
      const { usage, ...said } = await judge(one, remote);
      const { usage: _, ...expected } = await judge(one, local);
      expect(said).toEqual(expected);
      expect(usage.promptTokens).toBeGreaterThan(100);
    }
  });
});
