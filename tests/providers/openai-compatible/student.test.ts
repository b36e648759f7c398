import { afterEach, describe, expect, test } from '@jest/globals';
import { ProviderOverloaded, ProviderRejectedRequest } from '../../../core/errors.ts';
import type { SampledText } from '../../../core/ports.ts';
import { endpointPool } from '../../../providers/call-engine/endpoint-pool.ts';
import { pooledCalls } from '../../../providers/call-engine/model-calls.ts';
import { rateLimit } from '../../../providers/call-engine/rate-limit.ts';
import { openaiStudent } from '../../../providers/openai-compatible/student.ts';
import { VirtualClock } from '../call-engine/virtual-clock.ts';
import { sampleRequest, studentContract } from '../student-contract.ts';
import { completion } from './completions.ts';
import { KEY, type Reply, refusal, replyFor, ScriptedFetch } from './scripted-fetch.ts';

const model = 'student-1';
/** What the endpoint of these tests calls the model that answers. */
const servedBy = 'student-1-2026-01-01';
const tokens = { promptTokens: 12, completionTokens: 30 };
const said = (...texts: string[]): SampledText[] => texts.map((text) => ({ text, finish: 'stop' }));
const one = (text: string): Reply => completion(said(text), { promptTokens: 12, completionTokens: 5 });

const filter = refusal(400, { message: 'The prompt was filtered', code: 'content_filter' });
const filtered: SampledText = { text: '', finish: 'filtered' };

studentContract('a student behind an OpenAI-compatible endpoint', {
  answering: (texts, cost) => openaiStudent({ client: new ScriptedFetch(completion(texts, cost)).client(), model }),
  failing: (failure) => openaiStudent({ client: new ScriptedFetch(replyFor(failure)).client(), model }),
});

const wholeBody = {
  model,
  messages: sampleRequest.prompt.messages,
  n: 4,
  temperature: 0.8,
  top_p: 0.95,
  max_tokens: 64,
  seed: 7,
};

describe('the request', () => {
  afterEach(() => {
    delete process.env['OPENAI_ORG_ID'];
    delete process.env['OPENAI_API_KEY'];
  });

  test('is exactly this', async () => {
    const endpoint = new ScriptedFetch(completion(said('a', 'b', 'c', 'd'), tokens));

    await openaiStudent({ client: endpoint.client(), model }).sample(sampleRequest);

    expect(endpoint.sent).toHaveLength(1);
    expect(endpoint.sent[0]).toMatchObject({ method: 'POST', body: wholeBody });
    expect(endpoint.sent[0]?.url.href).toBe('https://models.example/v1/chat/completions');
    expect(endpoint.sent[0]?.headers.get('authorization')).toBe(`Bearer ${KEY}`);
  });

  test('carries no authorization where there is no key, and nothing from the environment', async () => {
    process.env['OPENAI_ORG_ID'] = 'org-of-somebody';
    process.env['OPENAI_API_KEY'] = 'sk-of-somebody';
    const endpoint = new ScriptedFetch(one('a'));

    await openaiStudent({ client: endpoint.client({ apiKey: undefined }), model }).sample({
      ...sampleRequest,
      count: 1,
    });

    expect(endpoint.sent[0]?.headers.has('authorization')).toBe(false);
    expect(endpoint.sent[0]?.headers.has('openai-organization')).toBe(false);
  });

  test('for one response has no n; log-probabilities are asked for where they are wanted', async () => {
    const endpoint = new ScriptedFetch(one('a'));

    const options = { client: endpoint.client(), model, logprobs: true };
    await openaiStudent(options).sample({ ...sampleRequest, count: 1 });

    expect(endpoint.bodies).toEqual([{ ...omit(wholeBody, 'n'), logprobs: true }]);
  });

  test('passes several turns and images through', async () => {
    const endpoint = new ScriptedFetch(one('a'));
    const messages = [
      { role: 'user', content: 'Hello' },
      { role: 'assistant', content: 'Hello! What is it?' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'What is broken here?' },
          { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgo=', detail: 'low' } },
        ],
      },
    ] as const;

    const prompt = { id: 'p1', messages: structuredClone(messages) as never };
    await openaiStudent({ client: endpoint.client(), model }).sample({ ...sampleRequest, prompt, count: 1 });

    expect(endpoint.bodies[0]).toMatchObject({ messages });
  });
});

describe('the answer', () => {
  const answered = async (json: unknown) => {
    const student = openaiStudent({ client: new ScriptedFetch({ json }).client(), model, logprobs: true });
    return await student.sample({ ...sampleRequest, count: 1 });
  };

  test('has the mean log-probability of its tokens', async () => {
    const content = [-0.5, -1, -1.5].map((logprob) => ({ token: 'x', logprob, bytes: null, top_logprobs: [] }));

    const { texts } = await answered({
      choices: [{ message: { content: 'a' }, finish_reason: 'stop', logprobs: { content } }],
    });

    expect(texts).toEqual([{ text: 'a', finish: 'stop', meanLogprob: -1 }]);
  });

  test.each([
    ['no usage', {}],
    ['a usage of null', { usage: null }],
    ['a usage without figures', { usage: { total_tokens: null } }],
    ['a usage that is no number', { usage: { prompt_tokens: 'many', completion_tokens: -1 } }],
    ['log-probabilities of another shape', { logprobs: { tokens: ['a'], token_logprobs: [-1] } }],
  ])('with %s is an answer whose tokens are guessed from the texts', async (_, parts) => {
    const text = 'eight characters a word or two, to be read by somebody';
    const answer = { ...parts, choices: [{ message: { content: text }, finish_reason: null, ...parts }] };

    const sampled = await answered(answer);

    expect(sampled.texts).toEqual(said(text));
    expect(sampled.tokens.completionTokens).toBe(Math.ceil(text.length / 4));
    expect(sampled.tokens.promptTokens).toBeGreaterThan(10);
  });

  test('with half a usage has that half from the endpoint', async () => {
    const { tokens } = await answered({ usage: { prompt_tokens: 7 }, choices: [{ message: { content: 'abcd' } }] });

    expect(tokens).toEqual({ promptTokens: 7, completionTokens: 1 });
  });

  test.each([
    [{ model: 'student-1-2026-01-01' }, { servedBy: 'student-1-2026-01-01' }],
    [{ model }, {}],
    [{ model: null }, {}],
    [{ model: 7 }, {}],
    [{}, {}],
  ])('from %j says which model it was, where it was another', async (parts, says) => {
    const { texts, tokens, calls, ...rest } = await answered({ ...parts, choices: [{ message: { content: 'a' } }] });

    expect(rest).toEqual(says);
  });

  test.each([
    ['null content', null, ''],
    [
      'content in parts',
      [
        { type: 'text', text: 'a' },
        { type: 'text', text: 'b' },
      ],
      'ab',
    ],
  ])('with %s is read', async (_, content, text) => {
    expect((await answered({ choices: [{ message: { content } }] })).texts).toEqual([{ text, finish: 'stop' }]);
  });

  test('with choices of null has none', async () => {
    expect((await answered({ choices: null })).texts).toEqual([]);
  });
});

describe('an endpoint that gives one response at a time', () => {
  const { n, ...single } = wholeBody;

  test.each([
    ['names the parameter', refusal(400, { message: 'Only one completion is supported.', param: 'n' })],
    ['says it in words', refusal(400, { message: 'Invalid n value (currently only n = 1 is supported)' })],
    ['answers as FastAPI does', { status: 422, json: { detail: [{ loc: ['body', 'n'], msg: 'must be 1' }] } }],
    ['answers as Ollama does', { status: 400, json: { error: "'n' : number must be at most 1" } }],
  ])('and refuses n, where it %s, gives one, and is not tempted again', async (_, refused) => {
    const endpoint = new ScriptedFetch(refused, one('a'), one('b'));
    const student = openaiStudent({ client: endpoint.client(), model });

    const first = await student.sample(sampleRequest);
    const second = await student.sample(sampleRequest);

    const cost = { tokens: { promptTokens: 12, completionTokens: 5 }, servedBy };
    expect(first).toEqual({ texts: said('a'), calls: 2, ...cost });
    expect(second).toEqual({ texts: said('b'), calls: 1, ...cost });
    expect(endpoint.bodies).toEqual([wholeBody, single, single]);
  });

  test('and ignores n twice in a row is not tempted again', async () => {
    const endpoint = new ScriptedFetch(one('a'), one('b'), one('c'));
    const student = openaiStudent({ client: endpoint.client(), model });

    expect((await student.sample(sampleRequest)).texts).toEqual(said('a'));
    await student.sample(sampleRequest);
    await student.sample(sampleRequest);

    expect(endpoint.bodies).toEqual([wholeBody, wholeBody, single]);
  });

  test('now and then is asked for all of them for ever', async () => {
    const four = completion(said('a', 'b', 'c', 'd'), tokens);
    const endpoint = new ScriptedFetch(one('a'), four, one('a'), four, one('a'));
    const student = openaiStudent({ client: endpoint.client(), model });

    for (let call = 0; call < 5; call++) await student.sample(sampleRequest);

    expect(endpoint.bodies).toEqual(Array(5).fill(wholeBody));
  });

  test('is not taken for one that sent fewer responses than it was asked for, once', async () => {
    const endpoint = new ScriptedFetch(completion(said('a', 'b'), tokens), one('c'));
    const student = openaiStudent({ client: endpoint.client(), model });

    expect((await student.sample(sampleRequest)).texts).toEqual(said('a', 'b'));
    await student.sample(sampleRequest);

    expect(endpoint.bodies).toEqual([wholeBody, wholeBody]);
  });

  test('and filters the prompt has filtered all', async () => {
    const endpoint = new ScriptedFetch(refusal(400, { message: 'no', param: 'n' }), filter);

    const { texts, calls } = await openaiStudent({ client: endpoint.client(), model }).sample(sampleRequest);

    expect(texts).toEqual(Array(4).fill(filtered));
    expect(calls).toBe(2);
  });
});

test('a call is tried again where the calls say so, the very same, and the bill has one', async () => {
  const busy = refusal(429, { message: 'Slow down' }, { 'retry-after': '3' });
  const endpoint = new ScriptedFetch(refusal(400, { message: 'no', param: 'n' }), busy, busy, one('a'));
  const clock = new VirtualClock();
  const calls = pooledCalls({ pool: endpointPool(1, clock), rate: rateLimit({}), clock });
  const student = openaiStudent({ client: endpoint.client(), model, calls });

  const sampled = await clock.passUntil(student.sample(sampleRequest));

  expect(sampled).toMatchObject({ texts: said('a'), calls: 2 });
  expect(endpoint.bodies).toEqual([wholeBody, ...Array(3).fill(omit(wholeBody, 'n'))]);
  expect(clock.waits.map((wait) => Math.floor(wait / 1_000))).toEqual([3, 3]);
});

test('without such calls an overload is an error at once', async () => {
  const endpoint = new ScriptedFetch(refusal(429, { message: 'Slow down' }, { 'retry-after': '0' }), one('a'));

  await expect(openaiStudent({ client: endpoint.client(), model }).sample(sampleRequest)).rejects.toThrow(
    ProviderOverloaded,
  );
  expect(endpoint.sent).toHaveLength(1);
});

describe('an endpoint that refuses', () => {
  test.each([
    ['seed', { message: 'Extra inputs are not permitted: seed' }, (body: typeof wholeBody) => omit(body, 'seed')],
    [
      'max_tokens',
      { message: "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.", param: 'max_tokens' },
      (body: typeof wholeBody) => ({ ...omit(body, 'max_tokens'), max_completion_tokens: 64 }),
    ],
  ])('%s is asked without it from then on', async (_, error, without) => {
    const four = completion(said('a', 'b', 'c', 'd'), tokens);
    const endpoint = new ScriptedFetch(refusal(400, error), four, four);
    const student = openaiStudent({ client: endpoint.client(), model });

    await student.sample(sampleRequest);
    await student.sample(sampleRequest);

    expect(endpoint.bodies).toEqual([wholeBody, without(wholeBody), without(wholeBody)]);
  });

  test.each([
    ['a temperature', { message: 'temperature must be at most 0.5', param: 'temperature' }],
    ['a token limit that is too high', { message: 'max_tokens is too large: 64', param: 'max_tokens' }],
    ['something that only sounds like n', { message: 'the function-n of the moon' }],
  ])('%s is not worked around', async (_, error) => {
    const endpoint = new ScriptedFetch(refusal(400, error));

    const sampling = openaiStudent({ client: endpoint.client(), model }).sample(sampleRequest);

    await expect(sampling).rejects.toThrow(ProviderRejectedRequest);
    expect(endpoint.sent).toHaveLength(1);
  });

  test('one prompt for its content gives filtered responses to it, and no error', async () => {
    const endpoint = new ScriptedFetch(filter);

    const sampled = await openaiStudent({ client: endpoint.client(), model }).sample(sampleRequest);

    expect(sampled).toEqual({
      texts: Array(4).fill(filtered),
      tokens: { promptTokens: 0, completionTokens: 0 },
      calls: 1,
    });
  });
});

function omit<T extends object, K extends keyof T>(body: T, key: K): Omit<T, K> {
  const { [key]: _, ...rest } = body;
  return rest;
}
