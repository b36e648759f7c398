import { describe, expect, test } from '@jest/globals';
import { sampleRequest } from '../../student-contract.ts';
import { type Reply, refusal } from '../scripted-fetch.ts';
import { ask, errorFrom, verdictRequest, type Wire, wireContract } from './wire-contract.ts';

/** Recorded from version 1.108.7, without what changes from call to call. */
const headers = {
  'x-litellm-version': '1.108.7',
  'x-litellm-model-group': 'desk-base',
  'x-litellm-attempted-retries': '0',
  'x-litellm-response-cost-original': '0.0',
};

function completion(texts: readonly string[], logprobs?: unknown): Reply {
  return {
    json: {
      id: 'chatcmpl-7dcc77fbe4e0c07dc5d39fa6',
      created: 1795633327,
      model: 'desk-base',
      object: 'chat.completion',
      system_fingerprint: 'sandbox',
      choices: texts.map((content, index) => ({
        finish_reason: 'stop',
        index,
        message: { content, role: 'assistant', refusal: null },
        ...(logprobs ? { logprobs } : {}),
        provider_specific_fields: {},
      })),
      usage: { completion_tokens: 16, prompt_tokens: 7, total_tokens: 23 },
    },
    headers,
  };
}

/** What becomes of an upstream's error: its words are kept, its code is not. */
function passedOn(status: number, type: string, kind: string, words: string, more = {}): Reply {
  const tail = "LiteLLM: model group 'desk-base' failed with the error above. No fallback was attempted.";
  const message = `litellm.${kind}: OpenAIException - ${words}\n\n${tail}`;
  return {
    status,
    json: { error: { message, type, param: null, code: String(status) } },
    headers: { ...headers, ...more },
  };
}
const tokens = { promptTokens: 7, completionTokens: 16 };
const busy = passedOn(
  429,
  'throttling_error',
  'RateLimitError: RateLimitError',
  'Rate limit reached for gpt-4.1-mini on requests per min (RPM): Limit 3, Used 3.',
  { 'llm_provider-retry-after': '7' },
);
const innererror = {
  code: 'ResponsibleAIPolicyViolation',
  content_filter_result: { violence: { filtered: true, severity: 'high' } },
};
/** Azure's filter, as the gateway's `azure/` models pass it on. */
const filtered: Reply = {
  status: 400,
  json: {
    error: {
      message:
        "litellm.BadRequestError: litellm.ContentPolicyViolationError: The response was filtered due to the prompt triggering Azure OpenAI's content management policy. Please modify your prompt and retry.\nmodel=desk-base. content_policy_fallback=None. fallbacks=None.",
      type: 'invalid_request_error',
      param: null,
      code: '400',
      provider_specific_fields: {
        innererror,
        inner_error: innererror,
        azure_error: { message: 'The response was filtered', param: 'prompt', code: 'content_filter', innererror },
      },
    },
  },
};
const content = [
  { token: 'A', bytes: [65], logprob: -0.1, top_logprobs: [{ token: 'B', bytes: [66], logprob: -2.4 }] },
];

const litellm: Wire = {
  vendor: 'A LiteLLM gateway',
  seen: 'version 1.108.7 sent it',
  baseURL: 'http://127.0.0.1:4000/v1',
  model: 'desk-base',
  sampled: {
    reply: completion(['it is on its way', 'we apologise']),
    texts: ['it is on its way', 'we apologise'].map((text) => ({ text, finish: 'stop' })),
    tokens,
  },
  judged: {
    reply: completion(['{"winner":"A"}'], { content }),
    answer: {
      text: '{"winner":"A"}',
      logprobs: [{ token: 'A', logprob: -0.1, alternatives: [{ token: 'B', logprob: -2.4 }] }],
      tokens,
    },
  },
  refusals: [
    {
      what: 'a model that its configuration does not name',
      reply: {
        status: 400,
        json: {
          error: {
            message:
              '/chat/completions: Invalid model name passed in model=nope. Call `/v1/models` to view available models for your key.',
            type: 'invalid_request_error',
            param: null,
            code: '400',
          },
        },
      },
      named: 'ProviderRejectedRequest',
      says: 'Invalid model name passed in model=nope',
    },
    {
      what: 'an upstream that is limited',
      reply: { ...busy, headers },
      named: 'ProviderOverloaded',
      says: 'Rate limit reached for gpt-4.1-mini',
    },
    {
      what: 'an upstream that fails',
      reply: passedOn(
        500,
        'internal_server_error',
        'InternalServerError: InternalServerError',
        'The server had an error',
      ),
      named: 'ProviderOverloaded',
      says: 'The server had an error',
    },
    {
      what: 'an upstream that forbids',
      reply: passedOn(403, 'permission_error', 'APIError: APIError', 'Project does not have access to model'),
      named: 'CredentialRefused',
      says: 'Project does not have access to model',
    },
    {
      what: 'its own crash',
      reply: { status: 500, text: 'Internal Server Error', headers: { 'content-type': 'text/plain; charset=utf-8' } },
      named: 'ProviderOverloaded',
      says: '500 Internal Server Error',
    },
  ],
};

wireContract(litellm);

describe('what a LiteLLM gateway passes on', () => {
  test.each([
    ['n', 'Only n = 1 is supported.'],
    ['logprobs', 'logprobs are not supported with reasoning models.'],
    [
      'max_tokens',
      "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
    ],
  ])('of an upstream that refuses %s is understood: it is left out', async (part, words) => {
    const refused = passedOn(400, 'invalid_request_error', 'BadRequestError', words);
    const { endpoint, student } = ask(litellm, refused, ...Array(8).fill(completion(['a', 'b', 'c', 'd'])));

    await student.sample(sampleRequest);

    expect(endpoint.bodies[0]).toHaveProperty(part);
    expect(endpoint.bodies[1]).not.toHaveProperty(part);
  });

  test('of a judge that keeps its own temperature is understood too', async () => {
    const words =
      "Unsupported value: 'temperature' does not support 0 with this model. Only the default (1) value is supported.";
    const refused = passedOn(400, 'invalid_request_error', 'BadRequestError', words);
    const { endpoint, teacher } = ask(litellm, refused, completion(['{"winner":"A"}']));

    await teacher.ask(verdictRequest);

    expect(endpoint.bodies[1]).not.toHaveProperty('temperature');
  });

  // The upstream's Retry-After arrives under another name.
  test('of a wait is kept', async () => {
    expect(await errorFrom(litellm, busy)).toMatchObject({ retryAfterSeconds: 7 });
  });

  // Its code arrives as "400": only the words tell a filter from a mistake.
  test('of a content filter is a filtered response, not a refused request', async () => {
    const { texts } = await ask(litellm, filtered).student.sample(sampleRequest);

    expect(texts).toEqual(Array(sampleRequest.count).fill({ text: '', finish: 'filtered' }));
  });

  // It has no database to look a key up in, so it says so, as 400.
  test('of a wrong key is a refused credential', async () => {
    const noDatabase = refusal(400, { message: 'No connected db.', type: 'no_db_connection', code: '400' });

    expect((await errorFrom(litellm, noDatabase)).name).toBe('CredentialRefused');
  });

  test('of a credit that is used up says so', async () => {
    const words = 'You exceeded your current quota, please check your plan and billing details.';
    const used = passedOn(429, 'throttling_error', 'RateLimitError: RateLimitError', words);

    expect((await errorFrom(litellm, used)).message).toContain(words);
  });
});
