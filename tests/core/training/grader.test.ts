import { describe, expect, test } from '@jest/globals';
import { exportRecord } from '../../../core/training/export-records.ts';
import { gradersFor } from '../../../core/training/grader.ts';
import { recordsFor } from '../../../core/training/records.ts';
import { type ChatRequest, chatText } from '../../../sandbox/server/chat-model.ts';
import { graderSchema, gradeSample } from '../../../sandbox/server/graders.ts';
import { ruleTeacher } from '../../../sandbox/teacher/rule-teacher.ts';
import { pairOf } from '../pairs/pairs-fixture.ts';

const rubric = { purpose: 'A support desk.', rules: ['Help with the item.', 'Be polite.'] };
const question = 'Hi, my kettle arrived broken. Can you help?';
const item = JSON.parse(exportRecord(recordsFor('reinforcement', pairOf(question)))) as Record<string, unknown>;
const grader = gradersFor(rubric, 'teacher', 'run-1/round-1');

/** Grades a sample as a trainer would; gives the texts that reached the teacher too. */
async function grade(text: string, { definition = grader, score = '{"score": 7}' } = {}) {
  const requests: ChatRequest[] = [];
  const answer = (request: ChatRequest) => {
    requests.push(request);
    return { choices: [{ content: score, finishReason: 'stop' as const }] };
  };
  const find = async (id: string) => ({ id, respond: answer });
  const said = await gradeSample(graderSchema.parse(definition), { item, text }, find, new AbortController().signal);
  return { said, asked: requests.flatMap(({ messages }) => messages.map(chatText)) };
}

describe('the teacher as grader', () => {
  test('is shown the rules, the request and the sample', async () => {
    const { said, asked } = await grade('We will send a replacement today.');

    const [rules, shown] = asked;
    expect(rules).toContain('1. Help with the item.');
    expect(shown).toContain(question);
    expect(shown).toContain('We will send a replacement today.');
    expect(said).toEqual({ kind: 'graded', reward: 7 });
  });

  test('scores from 0 to 10, and nothing else is a reward', async () => {
    expect((await grade('Hi.', { score: '{"score": 10}' })).said).toEqual({ kind: 'graded', reward: 10 });
    expect((await grade('Hi.', { score: '{"score": 10.5}' })).said).toMatchObject({ kind: 'ungraded' });
    expect((await grade('Hi.', { score: 'Ten.' })).said).toMatchObject({ kind: 'ungraded' });
  });

  test('has a fence of its own in each run, the same again in the same run', () => {
    const other = gradersFor(rubric, 'teacher', 'run-2/round-1');

    expect(gradersFor(rubric, 'teacher', 'run-1/round-1')).toEqual(grader);
    expect(other).not.toEqual(grader);
  });

  test('takes a rule about {{placeholders}} as a rule, not as a template', async () => {
    const definition = gradersFor({ ...rubric, rules: ['Keep {{name}} as it is.'] }, 'teacher', 'run-1');

    const { said, asked } = await grade('Dear {{name}}', { definition });

    expect(said).toMatchObject({ kind: 'graded' });
    expect(asked[0]).toContain('Keep { {name} } as it is.');
    expect(asked[1]).toContain('Dear {{name}}');
  });

  test("is understood by the sandbox's teacher, who scores a good reply above a bad one", async () => {
    const gradeByRule = (text: string) =>
      gradeSample(graderSchema.parse(grader), { item, text }, async () => ruleTeacher(), new AbortController().signal);

    const good = await gradeByRule('I am sorry about your kettle. We will send a replacement today.');
    const bad = await gradeByRule('Stop complaining about the kettle. Whatever.');

    expect([good.kind, bad.kind]).toEqual(['graded', 'graded']);
    if (good.kind === 'graded' && bad.kind === 'graded') expect(good.reward).toBeGreaterThan(bad.reward + 3);
  });
});
