import { describe, expect, test } from '@jest/globals';
import { sampleRequest } from '../../student-contract.ts';
import type { Reply } from '../scripted-fetch.ts';
import { ask, errorFrom, verdictRequest, type Wire, wireContract } from './wire-contract.ts';

const safe = { filtered: false, severity: 'safe' };
const harmless = { hate: safe, self_harm: safe, sexual: safe, violence: safe };

function completion(...choices: readonly Readonly<Record<string, unknown>>[]): Reply {
  return {
    json: {
      choices: choices.map((choice, index) => ({
        content_filter_results: harmless,
        finish_reason: 'stop',
        index,
        logprobs: null,
        ...choice,
      })),
      created: 1795500000,
      id: 'chatcmpl-ABC',
      model: 'gpt-4.1-mini-2025-04-14',
      object: 'chat.completion',
      prompt_filter_results: [
        { prompt_index: 0, content_filter_results: { ...harmless, jailbreak: { detected: false } } },
      ],
      system_fingerprint: 'fp_1',
      usage: { completion_tokens: 14, prompt_tokens: 25, total_tokens: 39 },
    },
  };
}
const said = (content: string) => ({ message: { annotations: [], content, refusal: null, role: 'assistant' } });
const tokens = { promptTokens: 25, completionTokens: 14 };
const filtered: Reply = {
  status: 400,
  json: {
    error: {
      message:
        "The response was filtered due to the prompt triggering Azure OpenAI's content management policy. Please modify your prompt and retry.",
      type: null,
      param: 'prompt',
      code: 'content_filter',
      status: 400,
      innererror: {
        code: 'ResponsibleAIPolicyViolation',
        content_filter_result: { ...harmless, violence: { filtered: true, severity: 'high' } },
      },
    },
  },
};

const azure: Wire = {
  vendor: 'Azure OpenAI',
  seen: 'its documentation and public reports have it',
  baseURL: 'https://acme.openai.azure.com/openai/v1',
  model: 'my-student-deployment',
  sampled: {
    reply: completion(said('It is on its way.'), { message: { role: 'assistant' }, finish_reason: 'content_filter' }),
    texts: [
      { text: 'It is on its way.', finish: 'stop' },
      { text: '', finish: 'filtered' },
    ],
    tokens,
  },
  judged: { reply: completion(said('{"winner":"A"}')), answer: { text: '{"winner":"A"}', finish: 'stop', tokens } },
  refusals: [
    {
      what: 'a wrong key',
      reply: {
        status: 401,
        json: {
          error: {
            code: '401',
            message:
              'Access denied due to invalid subscription key or wrong API endpoint. Make sure to provide a valid key.',
          },
        },
      },
      named: 'CredentialRefused',
      says: 'invalid subscription key or wrong API endpoint',
    },
    {
      what: 'a deployment that is not there',
      reply: {
        status: 404,
        json: {
          error: { code: 'DeploymentNotFound', message: 'The API deployment for this resource does not exist.' },
        },
      },
      named: 'ProviderRejectedRequest',
      says: 'deployment for this resource does not exist',
      remedy: 'Check the model id',
    },
    {
      what: 'a quota that is reached',
      reply: {
        status: 429,
        json: {
          error: {
            code: '429',
            message:
              'Requests have exceeded token rate limit of your current pricing tier. Please retry after 6 seconds.',
          },
        },
        headers: {
          'retry-after': '6',
          'retry-after-ms': '5400',
          'x-ratelimit-remaining-requests': '12',
          'x-ratelimit-remaining-tokens': '0',
        },
      },
      named: 'ProviderOverloaded',
      says: 'exceeded token rate limit',
      waits: 5.4,
    },
    {
      what: 'an error of the server',
      reply: { status: 500, json: { error: { code: 'InternalServerError', message: 'The server had an error.' } } },
      named: 'ProviderOverloaded',
      says: '500 The server had an error',
    },
    {
      what: 'a page of the gateway before it',
      reply: { status: 503, text: '<html><body><h1>503 Service Unavailable</h1></body></html>' },
      named: 'ProviderOverloaded',
      says: 'Service Unavailable',
    },
  ],
};

wireContract(azure);

describe("Azure's content filter", () => {
  test('on a prompt gives a student filtered responses, not an error', async () => {
    const { texts } = await ask(azure, filtered).student.sample(sampleRequest);

    expect(texts).toEqual(Array(sampleRequest.count).fill({ text: '', finish: 'filtered' }));
  });

  test('on a comparison gives a teacher no text, so that it abstains', async () => {
    expect(await ask(azure, filtered).teacher.ask(verdictRequest)).toMatchObject({
      text: undefined,
      finish: 'filtered',
    });
  });

  test('is told apart from another 400', async () => {
    const other: Reply = { status: 400, json: { error: { code: 'BadRequest', message: 'Bad request' } } };

    expect((await errorFrom(azure, other)).name).toBe('ProviderRejectedRequest');
  });
});
