import { describe, expect, test } from '@jest/globals';
import { ProviderOverloaded } from '../../../core/errors.ts';
import type { TeacherAnswer } from '../../../core/ports.ts';
import { endpointPool } from '../../../providers/call-engine/endpoint-pool.ts';
import { pooledCalls } from '../../../providers/call-engine/model-calls.ts';
import { rateLimit } from '../../../providers/call-engine/rate-limit.ts';
import { openaiTeacher } from '../../../providers/openai-compatible/teacher.ts';
import { VirtualClock } from '../call-engine/virtual-clock.ts';
import { teacherContract, teacherRequest } from '../teacher-contract.ts';
import { completionOf } from './completions.ts';
import { refusal, replyFor, ScriptedFetch } from './scripted-fetch.ts';

const model = 'teacher-1';
const answer: TeacherAnswer = {
  text: '{"winner":"B"}',
  finish: 'stop',
  tokens: { promptTokens: 90, completionTokens: 6 },
  calls: 1,
};

teacherContract('a teacher behind an OpenAI-compatible endpoint', {
  answering: (said) => openaiTeacher({ client: new ScriptedFetch(completionOf(said)).client(), model, logprobs: true }),
  failing: (failure) => openaiTeacher({ client: new ScriptedFetch(replyFor(failure)).client(), model }),
});

const bareBody = { model, messages: teacherRequest.messages, temperature: 0, max_tokens: 32, seed: 11 };
const strictFormat = {
  type: 'json_schema',
  json_schema: { name: 'comparison', strict: true, schema: teacherRequest.schema.schema },
};

describe('the request', () => {
  test('is exactly this', async () => {
    const endpoint = new ScriptedFetch(completionOf(answer));

    await openaiTeacher({ client: endpoint.client(), model }).ask(teacherRequest);

    expect(endpoint.bodies).toEqual([{ ...bareBody, response_format: strictFormat }]);
  });

  test('asks for log-probabilities where the question wants them, and the endpoint is one that gives them', async () => {
    const endpoint = new ScriptedFetch(...Array(4).fill(completionOf(answer)));

    for (const given of [true, false]) {
      const teacher = openaiTeacher({ client: endpoint.client(), model, logprobs: given });
      for (const wanted of [true, false]) await teacher.ask({ ...teacherRequest, logprobs: wanted });
    }

    const plain = { ...bareBody, response_format: strictFormat };
    expect(endpoint.bodies).toEqual([{ ...plain, logprobs: true, top_logprobs: 5 }, plain, plain, plain]);
  });

  test('is sent once, even where the endpoint fails', async () => {
    const endpoint = new ScriptedFetch(refusal(500, { message: 'Oops' }));

    await expect(openaiTeacher({ client: endpoint.client(), model }).ask(teacherRequest)).rejects.toThrow(
      ProviderOverloaded,
    );

    expect(endpoint.sent).toHaveLength(1);
  });
});

describe('an endpoint that refuses a part is asked without it from then on', () => {
  test('strict JSON falls back to any JSON', async () => {
    const refused = refusal(400, { message: "'response_format.type' must be 'json_object' or 'text'" });
    const endpoint = new ScriptedFetch(refused, completionOf(answer), completionOf(answer));
    const teacher = openaiTeacher({ client: endpoint.client(), model });

    const first = await teacher.ask(teacherRequest);
    const second = await teacher.ask(teacherRequest);

    expect(first).toEqual({ ...answer, calls: 2 });
    expect(second).toEqual(answer);
    const anyJson = { ...bareBody, response_format: { type: 'json_object' } };
    expect(endpoint.bodies).toEqual([{ ...bareBody, response_format: strictFormat }, anyJson, anyJson]);
  });

  test('any JSON falls back to prose', async () => {
    const endpoint = new ScriptedFetch(
      refusal(400, { message: 'json_schema is not supported by this model', param: 'response_format' }),
      { status: 422, json: { detail: [{ loc: ['body', 'response_format'], msg: 'Extra inputs are not permitted' }] } },
      completionOf(answer),
      completionOf(answer),
    );
    const teacher = openaiTeacher({ client: endpoint.client(), model });

    expect(await teacher.ask(teacherRequest)).toEqual({ ...answer, calls: 3 });
    await teacher.ask(teacherRequest);

    expect(endpoint.bodies.slice(2)).toEqual([bareBody, bareBody]);
  });

  test.each([
    ['logprobs', { message: 'logprobs are not supported with this model', param: 'logprobs' }],
    ['top_logprobs', { message: 'Unknown field `top_logprobs`' }],
  ])('%s', async (_, error) => {
    const endpoint = new ScriptedFetch(refusal(400, error), completionOf(answer), completionOf(answer));
    const teacher = openaiTeacher({ client: endpoint.client(), model, logprobs: true });

    await teacher.ask({ ...teacherRequest, logprobs: true });
    await teacher.ask({ ...teacherRequest, logprobs: true });

    expect(endpoint.bodies[0]).toHaveProperty('top_logprobs');
    const without = { ...bareBody, response_format: strictFormat };
    expect(endpoint.bodies.slice(1)).toEqual([without, without]);
  });

  test('our temperature of 0', async () => {
    const error = { message: "'temperature' does not support 0 with this model.", param: 'temperature' };
    const endpoint = new ScriptedFetch(refusal(400, error), completionOf(answer));

    await openaiTeacher({ client: endpoint.client(), model }).ask(teacherRequest);

    expect(endpoint.bodies[1]).not.toHaveProperty('temperature');
  });

  test('also where many asked at the same time', async () => {
    const refused = refusal(400, { message: 'json_schema is not supported', param: 'response_format' });
    const endpoint = new ScriptedFetch(refused, refused, refused, ...Array(3).fill(completionOf(answer)));
    const teacher = openaiTeacher({ client: endpoint.client(), model });

    const answers = await Promise.all([1, 2, 3].map(() => teacher.ask(teacherRequest)));

    expect(answers).toEqual(Array(3).fill({ ...answer, calls: 2 }));
  });
});

test('a busy endpoint is asked the very same thing again, where the calls say so', async () => {
  const endpoint = new ScriptedFetch(
    refusal(400, { message: 'json_schema is not supported by this model', param: 'response_format' }),
    refusal(429, { message: 'Slow down' }, { 'retry-after': '2' }),
    completionOf(answer),
  );
  const clock = new VirtualClock();
  const calls = pooledCalls({ pool: endpointPool(1, clock), rate: rateLimit({}), clock });

  const said = await clock.passUntil(openaiTeacher({ client: endpoint.client(), model, calls }).ask(teacherRequest));

  expect(said).toEqual({ ...answer, calls: 2 });
  expect(endpoint.bodies[2]).toEqual(endpoint.bodies[1]);
  expect(clock.waits.map((wait) => Math.floor(wait / 1_000))).toEqual([2]);
});

test('a prompt that the endpoint filters is an answer without text, not an error', async () => {
  const endpoint = new ScriptedFetch(refusal(400, { message: 'The prompt was filtered', code: 'content_filter' }));

  const said = await openaiTeacher({ client: endpoint.client(), model }).ask(teacherRequest);

  expect(said).toEqual({
    text: undefined,
    finish: 'filtered',
    tokens: { promptTokens: 0, completionTokens: 0 },
    calls: 1,
  });
});
