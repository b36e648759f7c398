import type { Reply } from '../scripted-fetch.ts';
import { type Wire, wireContract } from './wire-contract.ts';

function completion(...texts: readonly string[]): Reply {
  return {
    json: {
      id: 'chatcmpl-9f',
      object: 'chat.completion',
      created: 1795500000,
      model: 'openai.gpt-oss-20b-1:0',
      choices: texts.map((content, index) => ({
        index,
        message: { role: 'assistant', content, refusal: null },
        logprobs: null,
        finish_reason: 'stop',
      })),
      usage: { prompt_tokens: 80, completion_tokens: 120, total_tokens: 200 },
    },
  };
}
const tokens = { promptTokens: 80, completionTokens: 120 };

/** The AWS service answers errors in AWS's shape, the engine behind it in OpenAI's. */
const bedrock: Wire = {
  vendor: 'Amazon Bedrock',
  seen: 'its documentation and public reports have it; the bodies of errors are assumed',
  baseURL: 'https://bedrock-runtime.us-west-2.amazonaws.com/openai/v1',
  model: 'openai.gpt-oss-20b-1:0',
  sampled: {
    reply: completion('It is on its way.', 'It left us today.'),
    texts: ['It is on its way.', 'It left us today.'].map((text) => ({ text, finish: 'stop' })),
    tokens,
  },
  judged: { reply: completion('{"winner":"tie"}'), answer: { text: '{"winner":"tie"}', tokens } },
  refusals: [
    {
      what: 'a key that has expired',
      reply: { status: 403, json: { message: 'Bearer Token has expired' }, headers: { 'x-amzn-requestid': '1-2' } },
      named: 'CredentialRefused',
      says: '403 Bearer Token has expired',
    },
    {
      what: 'a model on the wrong of its two paths',
      reply: {
        status: 400,
        json: {
          error: {
            code: 'validation_error',
            message: "model `openai.gpt-oss-20b` isn't supported on this route",
            param: null,
            type: 'invalid_request_error',
          },
        },
      },
      named: 'ProviderRejectedRequest',
      says: "isn't supported on this route",
    },
    {
      what: 'a field that it does not know',
      reply: {
        status: 400,
        json: { message: 'Failed to deserialize the JSON body into the target type: unknown field `thinking`' },
      },
      named: 'ProviderRejectedRequest',
      says: 'unknown field `thinking`',
    },
    {
      what: 'a quota that is reached',
      reply: { status: 429, json: { message: 'Too many tokens, please wait before trying again.' } },
      named: 'ProviderOverloaded',
      says: 'Too many tokens, please wait',
    },
    {
      what: 'a service that is unavailable',
      reply: { status: 503, json: { message: 'Bedrock is unable to process your request.' } },
      named: 'ProviderOverloaded',
      says: '503 Bedrock is unable to process your request',
    },
  ],
};

wireContract(bedrock);
