import type { Reply } from '../scripted-fetch.ts';
import { type Wire, wireContract } from './wire-contract.ts';

const token = { sampling_logprob: -0.2, bytes: [66], token_id: 33, text_offset: 11, last_activation: null };

function completion(texts: readonly string[], logprobs: unknown = null): Reply {
  return {
    json: {
      id: 'b1d4f0c6',
      object: 'chat.completion',
      created: 1795500000,
      model: 'accounts/fireworks/models/gpt-oss-20b',
      choices: texts.map((content, index) => ({
        index,
        message: { role: 'assistant', content, reasoning_content: 'The customer asks where it is.' },
        finish_reason: 'stop',
        logprobs,
        token_ids: null,
      })),
      usage: {
        prompt_tokens: 91,
        total_tokens: 131,
        completion_tokens: 40,
        prompt_tokens_details: { cached_tokens: 64 },
      },
    },
    headers: {
      'fireworks-prompt-tokens': '91',
      'fireworks-cached-prompt-tokens': '64',
      'x-ratelimit-limit-tokens-prompt': '60000',
      'x-ratelimit-limit-tokens-cache-adjusted-prompt': '15000',
      'x-ratelimit-limit-tokens-generated': '600',
    },
  };
}
const tokens = { promptTokens: 91, completionTokens: 40 };

const fireworks: Wire = {
  vendor: 'Fireworks',
  seen: 'its reference has it; the bodies of errors but for 404 are assumed',
  baseURL: 'https://api.fireworks.ai/inference/v1',
  model: 'accounts/fireworks/models/gpt-oss-20b',
  sampled: {
    reply: completion(['a', 'b', 'c', 'd']),
    texts: ['a', 'b', 'c', 'd'].map((text) => ({ text, finish: 'stop' })),
    tokens,
  },
  judged: {
    reply: completion(['{"winner":"B"}'], {
      content: [
        {
          ...token,
          token: 'B',
          logprob: -0.2,
          top_logprobs: [{ token: 'A', logprob: -1.9, token_id: 32, bytes: [65] }],
        },
      ],
    }),
    answer: {
      text: '{"winner":"B"}',
      logprobs: [{ token: 'B', logprob: -0.2, alternatives: [{ token: 'A', logprob: -1.9 }] }],
    },
  },
  refusals: [
    {
      what: 'a wrong key',
      reply: {
        status: 401,
        json: { error: { message: 'The API key you provided is invalid.', code: 'UNAUTHORIZED' } },
      },
      named: 'CredentialRefused',
      says: 'The API key you provided is invalid',
    },
    {
      what: 'a model that is not deployed',
      reply: {
        status: 404,
        json: { error: { message: 'Model not found, inaccessible, and/or not deployed', code: 'NOT_FOUND' } },
      },
      named: 'ProviderRejectedRequest',
      says: 'Model not found, inaccessible, and/or not deployed',
      remedy: 'Check the model id',
    },
    {
      what: 'a wrong base URL',
      reply: { status: 404, json: { detail: 'Not Found' } },
      named: 'ProviderRejectedRequest',
      says: '404 Not Found',
      remedy: 'Check the model id and the base URL',
    },
    {
      what: 'a limit that is reached',
      reply: {
        status: 429,
        json: { error: { message: 'Rate limit exceeded, please try again later', type: 'error' } },
        headers: { 'x-ratelimit-limit-tokens-generated': '600' },
      },
      named: 'ProviderOverloaded',
      says: 'Rate limit exceeded',
    },
    {
      what: 'a service that is overloaded',
      reply: { status: 503, json: { error: { message: 'Service overloaded, please try again later' } } },
      named: 'ProviderOverloaded',
      says: '503 Service overloaded',
    },
  ],
};

wireContract(fireworks);
