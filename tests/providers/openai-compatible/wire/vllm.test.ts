import { describe, expect, test } from '@jest/globals';
import type { Reply } from '../scripted-fetch.ts';
import { ask, verdictRequest, type Wire, wireContract } from './wire-contract.ts';

function completion(texts: readonly string[], logprobs: unknown = null): Reply {
  return {
    json: {
      id: 'chatcmpl-1a2b',
      object: 'chat.completion',
      created: 1795500000,
      model: 'Qwen/Qwen2.5-1.5B-Instruct',
      choices: texts.map((content, index) => ({
        index,
        message: {
          role: 'assistant',
          content,
          refusal: null,
          annotations: null,
          audio: null,
          function_call: null,
          reasoning: null,
        },
        logprobs,
        finish_reason: 'stop',
        stop_reason: null,
        token_ids: null,
      })),
      service_tier: null,
      system_fingerprint: null,
      usage: { prompt_tokens: 31, total_tokens: 51, completion_tokens: 20, prompt_tokens_details: null },
      prompt_logprobs: null,
      kv_transfer_params: null,
    },
  };
}

function refused(status: number, type: string, message: string, param: string | null = null): Reply {
  return { status, json: { error: { message, type, param, code: status } } };
}
const tokens = { promptTokens: 31, completionTokens: 20 };
/** A token so unlikely that vLLM writes −9999 for it. */
const content = [{ token: 'A', logprob: 0, bytes: [65], top_logprobs: [{ token: 'B', logprob: -9999, bytes: [66] }] }];

const vllm: Wire = {
  vendor: 'vLLM',
  seen: 'its source has it',
  baseURL: 'http://127.0.0.1:8000/v1',
  model: 'Qwen/Qwen2.5-1.5B-Instruct',
  sampled: {
    reply: completion(['a', 'b', 'c', 'd'], {
      content: [{ token: 'a', logprob: -0.5, bytes: null, top_logprobs: [] }],
    }),
    texts: ['a', 'b', 'c', 'd'].map((text) => ({ text, finish: 'stop', meanLogprob: -0.5 })),
    tokens,
  },
  judged: {
    reply: completion(['{"winner": "A"}'], { content }),
    answer: {
      text: '{"winner": "A"}',
      logprobs: [{ token: 'A', logprob: 0, alternatives: [{ token: 'B', logprob: -9999 }] }],
    },
  },
  refusals: [
    {
      what: 'a wrong key',
      reply: { status: 401, json: { error: 'Unauthorized' } },
      named: 'CredentialRefused',
      says: '401 Unauthorized',
    },
    {
      what: 'a model that it does not serve',
      reply: refused(404, 'NotFoundError', 'The model `Qwen/Qwen3-1.7B` does not exist.', 'model'),
      named: 'ProviderRejectedRequest',
      says: 'does not exist',
      remedy: 'Check the model id',
    },
    {
      what: 'a prompt that is too long',
      reply: refused(
        400,
        'BadRequestError',
        "This model's maximum context length is 8192 tokens. However, you requested 9000 tokens.",
      ),
      named: 'ProviderRejectedRequest',
      says: 'maximum context length is 8192 tokens',
    },
    {
      what: 'an error of an older version',
      reply: {
        status: 400,
        json: {
          object: 'error',
          message: 'max_tokens must be at least 1, got -186.',
          type: 'BadRequestError',
          param: null,
          code: 400,
        },
      },
      named: 'ProviderRejectedRequest',
      says: 'max_tokens must be at least 1',
    },
    {
      what: 'an engine that died',
      reply: refused(500, 'InternalServerError', 'EngineCore encountered an issue.'),
      named: 'ProviderOverloaded',
      says: 'EngineCore encountered an issue',
    },
  ],
};

wireContract(vllm);

describe('vLLM', () => {
  test('that allows fewer log-probabilities than we ask for is asked for none', async () => {
    const tooMany = refused(
      400,
      'BadRequestError',
      'Requested sample logprobs of 5, which is greater than max allowed: 1',
    );
    const { endpoint, teacher } = ask(vllm, tooMany, completion(['{"winner": "A"}']));

    expect((await teacher.ask(verdictRequest)).text).toBe('{"winner": "A"}');
    expect(endpoint.bodies[1]).not.toHaveProperty('logprobs');
  });
});
