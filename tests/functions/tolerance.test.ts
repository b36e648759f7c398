import { describe, expect, test } from '@jest/globals';
import { CredentialRefused, ProviderRejectedRequest } from '../../core/errors.ts';
import { tolerantStudent, tolerantTeacher } from '../../functions/tolerance.ts';
import { ScriptedStudent } from '../fakes/scripted-student.ts';
import { ScriptedTeacher } from '../fakes/scripted-teacher.ts';
import { prompts } from './shard-fixture.ts';

const tooLong = new ProviderRejectedRequest('too long', { status: 400 });
const settings = { count: 2, temperature: 1, topP: 1, maxTokens: 8, seed: 1 };
const sampleAll = (student: ReturnType<typeof tolerantStudent>, count: number) =>
  Promise.all(prompts(count).map((prompt) => student.sample({ ...settings, prompt })));
const question = { messages: [], schema: { name: 'verdict', schema: {} }, maxTokens: 8, seed: 1 };

describe('a request that is refused for what is in it', () => {
  test('costs its prompt and not the others', async () => {
    const student = tolerantStudent(new ScriptedStudent(({ prompt }) => (prompt.id === 'p-1' ? tooLong : ['a', 'b'])));

    const [first, second, third] = await sampleAll(student, 3);

    expect(second?.texts).toEqual([
      { text: '', finish: 'rejected' },
      { text: '', finish: 'rejected' },
    ]);
    expect([first?.texts.length, third?.texts.length]).toEqual([2, 2]);
  });

  test('is an answer without a text where the teacher is asked', async () => {
    const teacher = tolerantTeacher(new ScriptedTeacher(() => tooLong));

    expect(await teacher.ask(question)).toMatchObject({ text: undefined, finish: 'rejected' });
  });

  test('fails where the first three are all refused: then it is not the prompts', async () => {
    await expect(sampleAll(tolerantStudent(new ScriptedStudent(() => tooLong)), 3)).rejects.toBe(tooLong);
  });

  test('never fails once one was answered', async () => {
    const student = tolerantStudent(new ScriptedStudent((_, call) => (call === 0 ? ['a', 'b'] : tooLong)));

    expect((await sampleAll(student, 20)).filter(({ texts }) => texts[0]?.finish === 'rejected')).toHaveLength(19);
  });
});

test.each([
  ['a wrong model', new ProviderRejectedRequest('no such model', { status: 404 })],
  ['a wrong key', new CredentialRefused('no')],
])('%s is not tolerated at all', async (_, error) => {
  await expect(sampleAll(tolerantStudent(new ScriptedStudent(() => error)), 1)).rejects.toBe(error);
});
