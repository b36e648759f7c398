import { describe, expect, test } from '@jest/globals';
import { ProviderAnswerUnreadable } from '../../core/errors.ts';
import type { Sampled, SampleRequest, Student } from '../../core/ports.ts';
import { type SampledPrompt, sampledPromptSchema } from '../../core/response.ts';
import { gather, readRows } from '../../functions/artifacts.ts';
import { sampleResponses } from '../../functions/sample-responses/handler.ts';
import { MemoryStore } from '../fakes/memory-store.ts';
import { ScriptedStudent } from '../fakes/scripted-student.ts';
import { Endpoint, partOf, plan } from './paid-shards.ts';
import { prompts } from './shard-fixture.ts';

const ids = (row: SampledPrompt) => row.responses.map(({ id }) => id);

/** The row of one prompt, four responses of which are wanted. */
async function sampled(student: Student): Promise<SampledPrompt> {
  const store = new MemoryStore();
  await plan(store, 'run-1', { of: prompts(1) });
  const services = new Endpoint().services(store, { student: () => student });
  await sampleResponses.run({ run: 'run-1', round: 1, shard: 0 }, services);
  const [row] = await gather(readRows(store, partOf('run-1', 'responses'), sampledPromptSchema));
  return row!;
}

describe('responses that the endpoint leaves out', () => {
  test.each([[4], [3], [1], [0]])('when it sends %i of four, are asked for once more, one a call', async (sends) => {
    const student = new ScriptedStudent(({ count }, call) =>
      count === 1 ? [`single ${call}`] : ['a', 'b', 'c', 'd'].slice(0, sends),
    );

    const row = await sampled(student);

    expect(student.requests.map(({ count }) => count)).toEqual([4, ...Array(4 - sends).fill(1)]);
    expect(new Set(student.requests.map(({ seed }) => seed)).size).toBe(1 + 4 - sends);
    expect(ids(row)).toEqual(['p-0/0', 'p-0/1', 'p-0/2', 'p-0/3']);
    expect(row.missing).toEqual([]);
    expect(row.usage).toMatchObject({ calls: 5 - sends, completionTokens: 20 * (5 - sends) });
  });

  test('are counted as missing where they do not come then either', async () => {
    const student = new ScriptedStudent(({ count }, call) => (count > 1 ? ['a', 'b'] : call === 1 ? ['c'] : []));

    const row = await sampled(student);

    expect(row.responses.map(({ text }) => text)).toEqual(['a', 'b', 'c']);
    expect(row.missing).toEqual([{ id: 'p-0/3', reason: 'not sent by the endpoint' }]);
    expect(student.requests).toHaveLength(3);
  });

  test('for a reason that is known are counted with it', async () => {
    const student = new ScriptedStudent(({ count }) => (count > 1 ? ['a', 'b'] : new ProviderAnswerUnreadable('half')));

    const { missing } = await sampled(student);

    expect(missing).toEqual(['p-0/2', 'p-0/3'].map((id) => ({ id, reason: 'the answer could not be read' })));
  });

  test('are asked for at the same time', async () => {
    let underWay = 0;
    let most = 0;
    const scripted = new ScriptedStudent(({ count }) => (count > 1 ? [] : ['a']));
    const student = {
      model: 'base',
      async sample(request: SampleRequest): Promise<Sampled> {
        most = Math.max(most, ++underWay);
        const answer = await scripted.sample(request);
        underWay--;
        return answer;
      },
    };

    await sampled(student);

    expect(most).toBe(4);
  });

  test('never make more than were wanted of an endpoint that sends too many', async () => {
    const generous = {
      model: 'base',
      sample: async ({ count }: SampleRequest): Promise<Sampled> => ({
        texts: Array.from({ length: count + 1 }, (_, index) => ({ text: `${index}`, finish: 'stop' as const })),
        tokens: { promptTokens: 1, completionTokens: 1 },
        calls: 1,
      }),
    };

    expect(ids(await sampled(generous))).toHaveLength(4);
  });
});

test('a response keeps the name of the model that has answered, where it was another', async () => {
  const texts = ['a', 'b', 'c', 'd'].map((text) => ({ text, finish: 'stop' as const }));
  const sampledAs = (servedBy: string | undefined) =>
    sampled({
      model: 'base',
      sample: async () => ({
        texts,
        tokens: { promptTokens: 1, completionTokens: 1 },
        calls: 1,
        ...(servedBy === undefined ? {} : { servedBy }),
      }),
    });

  for (const { model, servedBy } of (await sampledAs('base-2026')).responses) {
    expect([model, servedBy]).toEqual(['base', 'base-2026']);
  }
  expect((await sampledAs(undefined)).responses[0]).not.toHaveProperty('servedBy');
});
