import { describe, expect, test } from '@jest/globals';
import type { Teacher, TeacherAnswer, TeacherRequest } from '../../core/ports.ts';
import { type Failure, failures } from './failures.ts';

/** How a kind of teacher is put in front of an endpoint that answers so. */
export interface TeacherWorld {
  answering(answer: TeacherAnswer): Teacher;
  failing(failure: Failure): Teacher;
}

export const teacherRequest: TeacherRequest = {
  messages: [
    { role: 'system', content: 'You compare two responses. Answer in JSON.' },
    { role: 'user', content: 'A or B?' },
  ],
  schema: {
    name: 'comparison',
    schema: {
      type: 'object',
      properties: { winner: { type: 'string', enum: ['A', 'B', 'tie'] } },
      required: ['winner'],
      additionalProperties: false,
    },
  },
  maxTokens: 32,
  seed: 11,
};

const plain: TeacherAnswer = {
  text: '{"winner":"A"}',
  finish: 'stop',
  tokens: { promptTokens: 100, completionTokens: 6 },
  calls: 1,
};

/** What every teacher must do, whoever provides it. */
export function teacherContract(name: string, world: TeacherWorld): void {
  describe(`${name} keeps the contract of a teacher`, () => {
    test.each<[string, TeacherAnswer]>([
      ['an answer', plain],
      ['an answer that was cut off', { ...plain, text: '{"winn', finish: 'length' }],
      ['a refusal', { ...plain, text: 'I can not judge this.', finish: 'refusal' }],
      ['a filtered answer', { ...plain, text: '', finish: 'filtered' }],
      ['no answer at all', { ...plain, text: undefined }],
      [
        'log-probabilities',
        {
          ...plain,
          logprobs: [
            {
              token: 'A',
              logprob: -0.1,
              alternatives: [
                { token: 'A', logprob: -0.1 },
                { token: 'B', logprob: -2.4 },
              ],
            },
          ],
        },
      ],
    ])('%s comes through as it is', async (_, answer) => {
      const teacher = world.answering(answer);

      expect(await teacher.ask(teacherRequest)).toEqual(answer);
      expect(teacher.model).not.toBe('');
    });

    test.each(failures)('$of of an endpoint is $named.name', async (failure) => {
      const asking = world.failing(failure).ask(teacherRequest);

      await expect(asking).rejects.toThrow(failure.named);
      await expect(asking).rejects.toMatchObject(failure.shows);
    });
  });
}
