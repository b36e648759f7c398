import { describe, expect, test } from '@jest/globals';
import { sampleRequest } from '../../student-contract.ts';
import { type Reply, refusal } from '../scripted-fetch.ts';
import { ask, errorFrom, type Wire, wireContract } from './wire-contract.ts';

/** Recorded from a build of October 2026 that served a model of 135 million parameters. */
function completion(texts: readonly string[], logprobs?: unknown): Reply {
  return {
    json: {
      choices: texts.map((content, index) => ({
        finish_reason: 'length',
        index,
        message: { role: 'assistant', content },
        ...(logprobs ? { logprobs } : {}),
      })),
      created: 1795633361,
      model: 'smollm2-135m',
      system_fingerprint: 'b0-unknown',
      object: 'chat.completion',
      usage: {
        completion_tokens: 16,
        prompt_tokens: 31,
        total_tokens: 47,
        prompt_tokens_details: { cached_tokens: 24 },
      },
      id: 'chatcmpl-2o5C21pHMQRd7DhCOk53VCFxgi4qPHmX',
      timings: { cache_n: 24, prompt_n: 7, prompt_ms: 42.464, predicted_n: 16, predicted_ms: 72.2 },
    },
    headers: { server: 'llama.cpp', 'content-type': 'application/json; charset=utf-8' },
  };
}

/** Its code is the status, as a number. */
function refused(code: number, message: string, type: string): Reply {
  return { status: code, json: { error: { code, message, type } } };
}
const tokens = { promptTokens: 31, completionTokens: 16 };
/** The fence before the JSON is in the log-probabilities, and not in the text. */
const content = [
  {
    id: 80,
    token: '`',
    bytes: [96],
    logprob: -8.9,
    top_logprobs: [{ id: 49, token: 'A', bytes: [65], logprob: -1.4 }],
  },
  {
    id: 49,
    token: 'A',
    bytes: [65],
    logprob: -0.3,
    top_logprobs: [{ id: 50, token: 'B', bytes: [66], logprob: -2.8 }],
  },
];

const llamaCpp: Wire = {
  vendor: "llama.cpp's server",
  seen: 'a build of October 2026 sent it',
  baseURL: 'http://127.0.0.1:8080/v1',
  model: 'smollm2-135m',
  sampled: {
    reply: completion(["*What's up, mate?*", 'Hello, how can I assist you today']),
    texts: ["*What's up, mate?*", 'Hello, how can I assist you today'].map((text) => ({ text, finish: 'length' })),
    tokens,
  },
  judged: {
    reply: completion(['{\n  "winner": "A"\n}'], { content }),
    answer: {
      text: '{\n  "winner": "A"\n}',
      logprobs: [
        { token: '`', logprob: -8.9, alternatives: [{ token: 'A', logprob: -1.4 }] },
        { token: 'A', logprob: -0.3, alternatives: [{ token: 'B', logprob: -2.8 }] },
      ],
    },
  },
  refusals: [
    {
      what: 'a wrong base URL',
      reply: { status: 404, json: { error: { message: 'File Not Found', type: 'not_found_error', code: 404 } } },
      named: 'ProviderRejectedRequest',
      says: '404 File Not Found',
      remedy: 'Check the model id and the base URL',
    },
    {
      what: 'a prompt that is too long',
      reply: refused(
        400,
        'request (9031 tokens) exceeds the available context size (2048 tokens), try increasing it',
        'exceed_context_size_error',
      ),
      named: 'ProviderRejectedRequest',
      says: 'exceeds the available context size (2048 tokens)',
    },
    {
      what: 'a model that is still loading',
      reply: refused(503, 'Loading model', 'unavailable_error'),
      named: 'ProviderOverloaded',
      says: '503 Loading model',
    },
  ],
};

wireContract(llamaCpp);

describe("llama.cpp's server", () => {
  test('that has fewer slots than responses is asked for one at a time', async () => {
    const tooMany = refused(
      400,
      "Field 'n': Value must be between 1 <= value <= 2, but got 4",
      'invalid_request_error',
    );
    const { endpoint, student } = ask(llamaCpp, tooMany, ...Array(8).fill(completion(['Hello'])));

    await student.sample(sampleRequest);

    expect(endpoint.bodies[0]).toMatchObject({ n: 4 });
    expect(endpoint.bodies[1]).not.toHaveProperty('n');
  });

  // A server error that will be the same for ever: to wait for it would take half an hour.
  test('that can not read images refuses the request, and is not waited for', async () => {
    const noImages = refused(
      500,
      'image input is not supported - hint: if this is unexpected, you may need to provide the mmproj',
      'server_error',
    );

    expect((await errorFrom(llamaCpp, noImages)).name).toBe('ProviderRejectedRequest');
  });

  test('without its key refuses the credential', async () => {
    const error = await errorFrom(llamaCpp, refusal(401, { message: 'Invalid API Key', type: 'authentication_error' }));

    expect(error.name).toBe('CredentialRefused');
  });
});
