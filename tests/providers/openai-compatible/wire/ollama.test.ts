import { describe, expect, test } from '@jest/globals';
import { sampleRequest } from '../../student-contract.ts';
import type { Reply } from '../scripted-fetch.ts';
import { ask, type Wire, wireContract } from './wire-contract.ts';

function completion(content: string, choice: Readonly<Record<string, unknown>> = {}): Reply {
  return {
    json: {
      id: 'chatcmpl-408',
      object: 'chat.completion',
      created: 1795500000,
      model: 'llama3.2:1b',
      system_fingerprint: 'fp_ollama',
      choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop', ...choice }],
      usage: { prompt_tokens: 33, completion_tokens: 8, total_tokens: 41 },
    },
  };
}

function refused(status: number, type: string, message: string): Reply {
  return { status, json: { error: { message, type, param: null, code: null } } };
}
const tokens = { promptTokens: 33, completionTokens: 8 };
const content = [{ token: 'B', logprob: -0.2, top_logprobs: [{ token: 'A', logprob: -1.7 }] }];

const ollama: Wire = {
  vendor: 'Ollama',
  seen: 'its documentation and source have it',
  baseURL: 'http://127.0.0.1:11434/v1',
  model: 'llama3.2:1b',
  sampled: {
    reply: completion('It is on', { finish_reason: 'length' }),
    texts: [{ text: 'It is on', finish: 'length' }],
    tokens,
  },
  judged: {
    reply: completion('{"winner":"B"}', { logprobs: { content } }),
    answer: {
      text: '{"winner":"B"}',
      logprobs: [{ token: 'B', logprob: -0.2, alternatives: [{ token: 'A', logprob: -1.7 }] }],
    },
  },
  refusals: [
    {
      what: 'a model that was not pulled',
      reply: refused(404, 'not_found_error', "model 'llama3.2:1b' not found"),
      named: 'ProviderRejectedRequest',
      says: "model 'llama3.2:1b' not found",
      remedy: 'Check the model id',
    },
    {
      what: 'an image that it can not read',
      reply: refused(400, 'invalid_request_error', 'invalid image input'),
      named: 'ProviderRejectedRequest',
      says: 'invalid image input',
    },
    {
      what: 'a queue that is full',
      reply: refused(503, 'api_error', 'server busy, please try again.  maximum pending requests exceeded'),
      named: 'ProviderOverloaded',
      says: 'maximum pending requests exceeded',
    },
    {
      what: 'a runner that died',
      reply: refused(500, 'api_error', 'model runner has unexpectedly stopped'),
      named: 'ProviderOverloaded',
      says: 'model runner has unexpectedly stopped',
    },
    {
      what: 'an error of its native API',
      reply: { status: 404, json: { error: 'model "llama3.2:1b" not found, try pulling it first' } },
      named: 'ProviderRejectedRequest',
      says: 'try pulling it first',
    },
  ],
};

wireContract(ollama);

describe('Ollama', () => {
  test('takes n and sends one choice, so n is not sent to it a third time', async () => {
    const { endpoint, student } = ask(ollama, ...Array(20).fill(completion('Hello')));

    await student.sample(sampleRequest);
    await student.sample(sampleRequest);
    const before = endpoint.sent.length;
    await student.sample(sampleRequest);

    expect(endpoint.bodies[0]).toMatchObject({ n: sampleRequest.count });
    for (const body of endpoint.bodies.slice(before)) expect(body).not.toHaveProperty('n');
  });
});
