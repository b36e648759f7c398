import { describe, expect, test } from '@jest/globals';
import { sampleRequest } from '../../student-contract.ts';
import { completion, completionOf } from '../completions.ts';
import { KEY, refusal } from '../scripted-fetch.ts';
import { ask, verdictRequest, type Wire, wireContract } from './wire-contract.ts';

const rates = {
  'x-ratelimit-limit-requests': '500',
  'x-ratelimit-remaining-requests': '0',
  'x-ratelimit-reset-requests': '120ms',
  'x-ratelimit-limit-tokens': '200000',
  'x-ratelimit-remaining-tokens': '199600',
  'x-ratelimit-reset-tokens': '6m0s',
};
const tokens = { promptTokens: 21, completionTokens: 34 };
const logprobs = ['{"', 'winner', '":"', 'B', '"}'].map((token) => ({
  token,
  logprob: -0.01,
  alternatives: [{ token, logprob: -0.01 }],
}));

const openai: Wire = {
  vendor: 'OpenAI',
  seen: 'its reference and its package have it',
  baseURL: 'https://api.openai.com/v1',
  model: 'gpt-4.1-mini-2025-04-14',
  sampled: {
    reply: completion(
      [
        { text: 'It is on its way.', finish: 'stop' },
        { text: 'It is', finish: 'length' },
        { text: "I'm sorry, I can't help with that.", finish: 'refusal' },
        { text: '', finish: 'filtered' },
      ],
      tokens,
    ),
    texts: [
      { text: 'It is on its way.', finish: 'stop' },
      { text: 'It is', finish: 'length' },
      { text: "I'm sorry, I can't help with that.", finish: 'refusal' },
      { text: '', finish: 'filtered' },
    ],
    tokens,
  },
  judged: {
    reply: completionOf({ text: '{"winner":"B"}', finish: 'stop', logprobs, tokens, calls: 1 }),
    answer: { text: '{"winner":"B"}', finish: 'stop', logprobs, tokens },
  },
  refusals: [
    {
      what: 'a wrong key',
      reply: refusal(401, {
        message: `Incorrect API key provided: ${KEY}. You can find your API key at https://platform.openai.com/account/api-keys.`,
        code: 'invalid_api_key',
      }),
      named: 'CredentialRefused',
      says: '401 Incorrect API key provided: [key]',
    },
    {
      what: 'a model that is not there',
      reply: refusal(404, {
        message: 'The model `gpt-9` does not exist or you do not have access to it.',
        code: 'model_not_found',
      }),
      named: 'ProviderRejectedRequest',
      says: 'does not exist or you do not have access',
      remedy: 'Check the model id',
    },
    {
      what: 'a limit that is reached',
      reply: refusal(
        429,
        {
          message: 'Rate limit reached for gpt-4.1-mini in organization org-x on requests per min (RPM): Limit 500.',
          type: 'requests',
          code: 'rate_limit_exceeded',
        },
        { ...rates, 'retry-after': '2', 'retry-after-ms': '1820' },
      ),
      named: 'ProviderOverloaded',
      says: 'Rate limit reached',
      waits: 1.82,
    },
    {
      what: 'credit that is used up',
      reply: refusal(429, {
        message: 'You exceeded your current quota, please check your plan and billing details.',
        type: 'insufficient_quota',
        code: 'insufficient_quota',
      }),
      named: 'ProviderOverloaded',
      says: 'You exceeded your current quota',
      remedy: 'The credit is used up: add some, then resume the run.',
    },
    {
      what: 'an error of the server',
      reply: refusal(500, {
        message: 'The server had an error while processing your request. Sorry about that!',
        type: 'server_error',
      }),
      named: 'ProviderOverloaded',
      says: '500 The server had an error',
    },
    {
      what: 'an image for a model that reads text',
      reply: refusal(400, {
        message: 'Invalid content type. image_url is only supported by certain models.',
        param: 'messages.[0].content.[1].type',
      }),
      named: 'ProviderRejectedRequest',
      says: 'image_url is only supported by certain models',
    },
  ],
};

wireContract(openai);

describe('a reasoning model of OpenAI', () => {
  const maxTokens = refusal(400, {
    message:
      "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
    param: 'max_tokens',
    code: 'unsupported_parameter',
  });
  const temperature = refusal(400, {
    message:
      "Unsupported value: 'temperature' does not support 0 with this model. Only the default (1) value is supported.",
    param: 'temperature',
    code: 'unsupported_value',
  });
  const noLogprobs = refusal(403, { message: 'You are not allowed to request logprobs from this model.' });
  const logprobsRefused = refusal(400, { message: "'logprobs' is not supported with this model.", param: 'logprobs' });

  test('as a teacher is asked for max_completion_tokens, at its own temperature and without log-probabilities', async () => {
    const { endpoint, teacher } = ask(openai, maxTokens, temperature, logprobsRefused, openai.judged.reply);

    expect((await teacher.ask(verdictRequest)).text).toBe('{"winner":"B"}');

    const last = endpoint.bodies.at(-1);
    expect(last).toMatchObject({ max_completion_tokens: 32 });
    for (const part of ['max_tokens', 'temperature', 'logprobs', 'top_logprobs']) expect(last).not.toHaveProperty(part);
  });

  test('as a student keeps the temperature of the loop file: refusing that is an error that names it', async () => {
    const { student } = ask(openai, maxTokens, temperature);

    await expect(student.sample(sampleRequest)).rejects.toThrow(/'temperature' does not support 0 .*Fix the loop file/);
  });

  // A 403, though nothing is wrong with the key: without log-probabilities these models answer.
  test('that forbids log-probabilities is asked without them', async () => {
    const { endpoint, teacher } = ask(openai, noLogprobs, openai.judged.reply);

    expect((await teacher.ask(verdictRequest)).text).toBe('{"winner":"B"}');
    expect(endpoint.bodies[1]).not.toHaveProperty('logprobs');
  });

  // They refuse top_p whatever it is; 1 is what they do anyway.
  test('as a student is not told a top_p of 1', async () => {
    const { endpoint, student } = ask(openai, openai.sampled.reply);

    await student.sample({ ...sampleRequest, topP: 1 });

    expect(endpoint.bodies[0]).not.toHaveProperty('top_p');
  });
});
