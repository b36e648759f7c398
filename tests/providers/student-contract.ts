import { describe, expect, test } from '@jest/globals';
import type { SampledText, SampleRequest, Student, Tokens } from '../../core/ports.ts';
import { type Failure, failures } from './failures.ts';

/** How a kind of student is put in front of an endpoint that answers so. */
export interface StudentWorld {
  answering(texts: readonly SampledText[], tokens: Tokens): Student;
  failing(failure: Failure): Student;
}

export const sampleRequest: SampleRequest = {
  prompt: {
    id: 'p1',
    messages: [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Where is my order?' },
    ],
  },
  count: 4,
  temperature: 0.8,
  topP: 0.95,
  maxTokens: 64,
  seed: 7,
};

const tokens = { promptTokens: 12, completionTokens: 34 };
const said = (...texts: string[]): SampledText[] => texts.map((text) => ({ text, finish: 'stop' }));

/** What every student must do, whoever provides it. */
export function studentContract(name: string, world: StudentWorld): void {
  describe(`${name} keeps the contract of a student`, () => {
    test('gives as many responses as asked for, and what they cost', async () => {
      const student = world.answering(said('a', 'b', 'c', 'd'), tokens);

      expect(await student.sample(sampleRequest)).toMatchObject({ texts: said('a', 'b', 'c', 'd'), tokens, calls: 1 });
      expect(student.model).not.toBe('');
    });

    test('never gives more than asked for', async () => {
      const { texts } = await world.answering(said('a', 'b', 'c', 'd', 'e', 'f'), tokens).sample(sampleRequest);

      expect(texts).toEqual(said('a', 'b', 'c', 'd'));
    });

    test('gives fewer where there are fewer', async () => {
      const { texts } = await world.answering(said('a', 'b'), tokens).sample(sampleRequest);

      expect(texts).toEqual(said('a', 'b'));
    });

    test('gives none where there are none', async () => {
      const { texts } = await world.answering([], tokens).sample(sampleRequest);

      expect(texts).toEqual([]);
    });

    test.each(['stop', 'length', 'refusal', 'filtered'] as const)(
      'tells that a response ended by %s',
      async (finish) => {
        const ended: SampledText[] = [
          { text: 'one', finish },
          { text: 'two', finish: 'stop' },
        ];

        const { texts } = await world.answering(ended, tokens).sample(sampleRequest);

        expect(texts).toEqual(ended);
      },
    );

    test.each(failures)('$of of an endpoint is $named.name', async (failure) => {
      const sampling = world.failing(failure).sample(sampleRequest);

      await expect(sampling).rejects.toThrow(failure.named);
      await expect(sampling).rejects.toMatchObject(failure.shows);
    });
  });
}
