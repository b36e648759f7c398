import { describe, expect, test } from '@jest/globals';
import { sampleRequest } from '../../student-contract.ts';
import type { Reply } from '../scripted-fetch.ts';
import { ask, errorFrom, type Wire, wireContract } from './wire-contract.ts';

function completion(...texts: readonly string[]): Reply {
  return {
    json: {
      id: 'okkMWqL-2kFHot',
      object: 'chat.completion',
      created: 1795500000,
      model: 'Qwen/Qwen2.5-7B-Instruct-Turbo',
      prompt: [],
      choices: texts.map((content, index) => ({
        finish_reason: index === 0 ? 'stop' : 'eos',
        seed: 8_446_744_073_709_552,
        logprobs: { token_ids: [2132], tokens: ['It'], token_logprobs: [-0.31] },
        index,
        message: { role: 'assistant', content, tool_calls: [] },
      })),
      usage: { prompt_tokens: 33, completion_tokens: 15, total_tokens: 48, cached_tokens: 0 },
    },
  };
}

function refused(status: number, error: Readonly<Record<string, unknown>>, headers = {}): Reply {
  const json = { id: 'okkMWzu', error: { type: 'invalid_request_error', param: null, code: null, ...error } };
  return { status, json, headers };
}
const tokens = { promptTokens: 33, completionTokens: 15 };
const limited = refused(
  429,
  { message: 'You have exceeded your dynamic rate limit.', type: 'rate_limit', error_type: 'dynamic_request_limited' },
  { 'x-ratelimit-limit': '1', 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '4' },
);

const together: Wire = {
  vendor: 'Together',
  seen: 'its documentation, its package and public reports have it',
  baseURL: 'https://api.together.xyz/v1',
  model: 'Qwen/Qwen2.5-7B-Instruct-Turbo',
  sampled: {
    reply: completion('It is on its way.', 'It left us today.'),
    // Log-probabilities in lists of their own are not read: nothing depends on them.
    texts: ['It is on its way.', 'It left us today.'].map((text) => ({ text, finish: 'stop' })),
    tokens,
  },
  judged: { reply: completion('{"winner":"A"}'), answer: { text: '{"winner":"A"}', finish: 'stop', tokens } },
  refusals: [
    {
      what: 'a wrong key',
      reply: refused(401, { message: 'Invalid API key provided.', code: 'invalid_api_key' }),
      named: 'CredentialRefused',
      says: '401 Invalid API key provided',
    },
    {
      what: 'a model that is not serverless',
      reply: refused(400, {
        message: 'Unable to access non-serverless model x. Please visit https://api.together.ai/models/x.',
        code: 'model_not_available',
      }),
      named: 'ProviderRejectedRequest',
      says: 'Unable to access non-serverless model',
    },
    {
      what: 'an account without credit',
      reply: refused(402, { message: 'Credit limit exceeded.', type: 'credit_limit' }),
      named: 'ProviderRejectedRequest',
      says: '402 Credit limit exceeded',
    },
    {
      what: 'a model that is overloaded',
      reply: refused(503, { message: 'The server is overloaded or not ready yet.', type: 'server_error' }),
      named: 'ProviderOverloaded',
      says: 'overloaded or not ready yet',
    },
  ],
};

wireContract(together);

describe('a rate limit of Together', () => {
  test('is ProviderOverloaded in its own words', async () => {
    const error = await errorFrom(together, limited);

    expect(error.name).toBe('ProviderOverloaded');
    expect(error.message).toContain('exceeded your dynamic rate limit');
  });

  // It sends no Retry-After: x-ratelimit-reset is how many seconds it wants us to wait.
  test('tells how long to wait in x-ratelimit-reset', async () => {
    expect(await errorFrom(together, limited)).toMatchObject({ retryAfterSeconds: 4 });
  });
});

describe('log-probabilities of Together', () => {
  // Only as a number, its package says; refusing our true must not stop a run.
  test('that are refused are not asked for again', async () => {
    const noBoolean = refused(422, { message: 'logprobs: expected an integer, received a boolean', param: 'logprobs' });
    const { endpoint, student } = ask(together, noBoolean, completion('a', 'b'), completion('a', 'b'));

    await student.sample({ ...sampleRequest, count: 2 });
    await student.sample({ ...sampleRequest, count: 2 });

    expect(endpoint.bodies.map((body) => 'logprobs' in (body as object))).toEqual([true, false, false]);
  });
});
