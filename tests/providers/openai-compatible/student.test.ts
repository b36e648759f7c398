import { afterEach, describe, expect, test } from '@jest/globals';
import { ProviderOverloaded, ProviderRejectedRequest } from '../../../core/errors.ts';
import type { SampledText } from '../../../core/ports.ts';
import { seedFor } from '../../../core/random.ts';
import { openaiStudent } from '../../../providers/openai-compatible/student.ts';
import { notebook } from '../notebook.ts';
import { sampleRequest, studentContract } from '../student-contract.ts';
import { completion } from './completions.ts';
import { KEY, type Reply, refusal, replyFor, ScriptedFetch } from './scripted-fetch.ts';

const model = 'student-1';
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
    ['log-probabilities of another shape', { logprobs: { tokens: ['a'], token_logprobs: [-1] } }],
  ])('with %s counts no tokens and is an answer', async (_, parts) => {
    const answer = { ...parts, choices: [{ message: { content: 'a' }, finish_reason: null, ...parts }] };

    const sampled = await answered(answer);

    expect(sampled.texts).toEqual([{ text: 'a', finish: 'stop' }]);
    expect(sampled.tokens).toEqual({ promptTokens: 0, completionTokens: 0 });
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
  const singles = ['b', 'c', 'd'].map(one);
  const singleBodies = [1, 2, 3].map((index) => {
    const { n, ...rest } = wholeBody;
    return { ...rest, seed: seedFor(7, index) };
  });
  const { n, ...firstSingle } = wholeBody;

  test.each([
    ['names the parameter', refusal(400, { message: 'Only one completion is supported.', param: 'n' })],
    ['says it in words', refusal(400, { message: 'Invalid n value (currently only n = 1 is supported)' })],
    ['answers as FastAPI does', { status: 422, json: { detail: [{ loc: ['body', 'n'], msg: 'must be 1' }] } }],
    ['answers as Ollama does', { status: 400, json: { error: "'n' : number must be at most 1" } }],
  ])('and refuses n, where it %s, is asked once for each, and not tempted again', async (_, refused) => {
    const endpoint = new ScriptedFetch(refused, one('a'), ...singles, one('a'), ...singles);
    const student = openaiStudent({ client: endpoint.client(), model });

    const first = await student.sample(sampleRequest);
    const second = await student.sample(sampleRequest);

    expect(first).toEqual({
      texts: said('a', 'b', 'c', 'd'),
      tokens: { promptTokens: 48, completionTokens: 20 },
      calls: 5,
    });
    expect(second).toEqual({ ...first, calls: 4 });
    expect(endpoint.bodies).toEqual([
      wholeBody,
      ...Array(2)
        .fill([firstSingle, ...singleBodies])
        .flat(),
    ]);
  });

  test('and is busy at the last is asked for that one again, and the bill has all', async () => {
    const busy = refusal(429, { message: 'Slow down' }, { 'retry-after': '3' });
    const endpoint = new ScriptedFetch(refusal(400, { message: 'no', param: 'n' }), one('a'), ...singles.slice(0, 2));
    const thenBusy = new ScriptedFetch(busy, busy, one('d'));
    const client = endpoint.client({
      fetch: (...request) => (endpoint.sent.length < 4 ? endpoint : thenBusy).fetch(...request),
    });
    const patience = notebook();

    const sampled = await openaiStudent({ client, model, patience }).sample(sampleRequest);

    expect(sampled).toEqual({
      texts: said('a', 'b', 'c', 'd'),
      tokens: { promptTokens: 48, completionTokens: 20 },
      calls: 5,
    });
    expect(endpoint.bodies).toEqual([wholeBody, firstSingle, ...singleBodies.slice(0, 2)]);
    expect(thenBusy.bodies).toEqual(Array(3).fill(singleBodies[2]));
    expect(patience.waits).toEqual([3, 3]);
  });

  test('and filters the prompt is not asked for the others', async () => {
    const endpoint = new ScriptedFetch(refusal(400, { message: 'no', param: 'n' }), filter);

    const { texts, calls } = await openaiStudent({ client: endpoint.client(), model }).sample(sampleRequest);

    expect(texts).toEqual(Array(4).fill(filtered));
    expect(calls).toBe(2);
  });

  test('and filters one of the times says so of that one', async () => {
    const endpoint = new ScriptedFetch(one('a'), one('b'), filter, one('d'));

    const { texts } = await openaiStudent({ client: endpoint.client(), model }).sample(sampleRequest);

    expect(texts).toEqual([...said('a', 'b'), filtered, ...said('d')]);
  });

  test('and ignores n is asked for the others', async () => {
    const endpoint = new ScriptedFetch(one('a'), ...singles);

    const { texts, calls } = await openaiStudent({ client: endpoint.client(), model }).sample(sampleRequest);

    expect(texts).toEqual(said('a', 'b', 'c', 'd'));
    expect(calls).toBe(4);
    expect(endpoint.bodies).toEqual([wholeBody, ...singleBodies]);
  });

  test('and has nothing to say once still gives the others', async () => {
    const none = completion([], tokens);
    const endpoint = new ScriptedFetch(refusal(400, { message: 'no', param: 'n' }), none, one('b'), none, one('d'));

    const { texts } = await openaiStudent({ client: endpoint.client(), model }).sample(sampleRequest);

    expect(texts).toEqual(said('b', 'd'));
  });
});

test('without patience, an overload is an error at once', async () => {
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
