import { inspect } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import {
  CredentialRefused,
  ProviderAnswerUnreadable,
  ProviderOverloaded,
  ProviderRejectedRequest,
} from '../../../core/errors.ts';
import { retryAfterSeconds } from '../../../providers/openai-compatible/retry-after.ts';
import { openaiStudent } from '../../../providers/openai-compatible/student.ts';
import { openaiTrainer } from '../../../providers/openai-compatible/trainer.ts';
import { sampleRequest } from '../student-contract.ts';
import { pairs, trainingRequest } from '../trainer-contract.ts';
import { KEY, type Reply, refusal, ScriptedFetch } from './scripted-fetch.ts';

async function errorFrom(reply: Reply, options = {}): Promise<Error> {
  const student = openaiStudent({ client: new ScriptedFetch(reply).client(options), model: 'student-1' });
  return await student.sample(sampleRequest).then(
    () => new Error('It did not fail'),
    (error: Error) => error,
  );
}

describe('a status', () => {
  test.each([
    [400, ProviderRejectedRequest],
    [401, CredentialRefused],
    [402, ProviderRejectedRequest],
    [403, CredentialRefused],
    [404, ProviderRejectedRequest],
    [405, ProviderRejectedRequest],
    [408, ProviderOverloaded],
    [409, ProviderOverloaded],
    [413, ProviderRejectedRequest],
    [422, ProviderRejectedRequest],
    [429, ProviderOverloaded],
    [500, ProviderOverloaded],
    [502, ProviderOverloaded],
    [503, ProviderOverloaded],
    [504, ProviderOverloaded],
    [529, ProviderOverloaded],
  ])('of %i is %p', async (status, named) => {
    const error = await errorFrom(refusal(status, { message: 'The endpoint says why' }));

    expect(error).toBeInstanceOf(named);
    expect(error.name).toBe(named.name);
    expect(error.message).toMatch(
      /^POST models\.example\/v1\/chat\/completions \(model student-1\) answered \d+ The endpoint says why\. [A-Z]/,
    );
    expect(error.message).toContain(String(status));
    expect(error.cause).toMatchObject({ status });
  });

  test.each<[string, Reply, string]>([
    ['FastAPI', { status: 404, json: { detail: 'Not Found' } }, '404 Not Found'],
    ['Ollama', { status: 404, json: { error: 'model "x" not found' } }, '404 model "x" not found'],
    ['vLLM', { status: 404, json: { object: 'error', message: 'no such model', code: 404 } }, '404 no such model'],
    ['Gemini', { status: 404, json: [{ error: { code: 404, message: 'models/x is gone' } }] }, '404 models/x is gone'],
    ['a proxy', { status: 502, text: '<html>\n<h1>Bad Gateway</h1>' }, '502 <html> <h1>Bad Gateway</h1>'],
    ['nobody', { status: 503 }, '503 status code (no body)'],
  ])('keeps the words of %s', async (_, reply, words) => {
    expect((await errorFrom(reply)).message).toContain(`answered ${words}.`);
  });

  test('with a very long body is cut', async () => {
    const error = await errorFrom({ status: 500, text: 'x'.repeat(100_000) });

    expect(error.message.length).toBeLessThan(700);
  });

  test('inside an answer of status 200 counts as itself', async () => {
    const error = await errorFrom({ json: { error: { message: 'Upstream is busy', code: 502 } } });

    expect(error).toBeInstanceOf(ProviderOverloaded);
    expect(error.message).toContain('502 Upstream is busy');
  });

  test('of 429 for want of credit says so', async () => {
    const error = await errorFrom(refusal(429, { message: 'You exceeded your quota', code: 'insufficient_quota' }));

    expect(error.message).toContain('add some, then resume');
  });
});

describe('an answer that can not be read', () => {
  test.each<[string, Reply]>([
    ['broken JSON', { text: '{"choices": [{', headers: { 'content-type': 'application/json' } }],
    ['an empty body', { text: '', headers: { 'content-type': 'application/json', 'content-length': '0' } }],
    ['HTML', { text: '<html>Sign in to continue</html>' }],
    ['JSON that says nothing', { json: {} }],
    ['JSON of another shape', { json: { choices: [{ text: 'a' }] } }],
    ['a list', { json: [] }],
    ['null', { json: null }],
  ])('%s', async (_, reply) => {
    const error = await errorFrom(reply);

    expect(error).toBeInstanceOf(ProviderAnswerUnreadable);
    expect(error.message).toContain('POST models.example/v1/chat/completions (model student-1)');
    expect(error.message).toContain('Check the base URL');
  });

  test('says which paths did not fit, and how long it was', async () => {
    const { message } = await errorFrom({ json: { choices: [{ message: { content: 7 }, finish_reason: 1 }] } });

    expect(message).toContain('57 characters of JSON');
    expect(message).toContain('expected string, received number → at choices[0].finish_reason');
    expect(message).toContain('choices[0].message.content');
  });

  test('JSON under another content type can be read', async () => {
    const text = '{"choices": []}';

    expect((await errorFrom({ text })).message).toBe('It did not fail');
  });
});

describe("what a body says beside the endpoint's own message", () => {
  const secret = 'Dear Ms Smith';
  const json = { 'content-type': 'application/json' };
  const detail = [{ type: 'missing', loc: ['body', 'model'], msg: 'Field required', input: { messages: [secret] } }];
  test.each<[string, Reply, string]>([
    ['an answer of another shape', { json: { output: secret } }, 'choices'],
    ['parts of another type', { json: { choices: [{ finish_reason: [secret], message: secret }] } }, 'choices'],
    ['content of another type', { json: { choices: [{ message: { content: { text: secret } } }] } }, 'content'],
    ['plain text', { text: `${secret}, your kettle` }, 'no valid JSON'],
    ['JSON that breaks off', { text: `{"choices": [{"message": ${secret}`, headers: json }, 'no valid JSON'],
    ['an error without a message', { status: 500, json: { error: { sent: secret } } }, 'answered 500'],
    ['an error of a shape of its own', { status: 400, json: { prompt: secret } }, 'answered 400'],
    ['FastAPI that repeats its input', { status: 422, json: { detail } }, 'Field required'],
    ['Mistral that repeats its input', { status: 422, json: { message: { detail } } }, 'Field required'],
    ['details of an error', refusal(400, { message: 'No such thing', failed_generation: secret }), 'No such thing'],
    [
      'an error inside an answer',
      { json: { error: { message: 'No', code: 502, metadata: { raw: secret } } } },
      '502 No',
    ],
  ])('is in no error: %s', async (_, reply, told) => {
    const error = await errorFrom(reply);

    expect(error.message).toContain(told);
    expect(inspect(error, { depth: 20, showHidden: true, maxStringLength: null })).not.toMatch(/Dear|Smith/);
  });
});

describe('on the way', () => {
  test('a connection that fails tells why', async () => {
    const cause = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:11434'), { code: 'ECONNREFUSED' });
    const error = await errorFrom({ fails: new TypeError('fetch failed', { cause }) });

    expect(error).toBeInstanceOf(ProviderOverloaded);
    expect(error.message).toContain('ECONNREFUSED 127.0.0.1:11434');
  });

  test('an endpoint that never answers is given up', async () => {
    const error = await errorFrom({ never: true }, { timeoutSeconds: 0.02 });

    expect(error).toBeInstanceOf(ProviderOverloaded);
    expect(error.message).toContain('did not answer within 0.02 s');
  });

  test('user, password and query of a base URL stay out of messages', async () => {
    const error = await errorFrom({ status: 500 }, { baseURL: 'https://me:secret@models.example/v1' });

    expect(error.message).toMatch(/^POST models\.example\/v1\/chat\/completions/);
    expect(error.message).not.toContain('secret');
  });
});

describe('the time to wait', () => {
  const now = Date.parse('2026-11-24T12:00:00Z');
  test.each<[Record<string, string>, number | undefined]>([
    [{ 'retry-after': '7' }, 7],
    [{ 'retry-after': '0.5' }, 0.5],
    [{ 'retry-after-ms': '1500' }, 1.5],
    [{ 'retry-after-ms': '1500', 'retry-after': '9' }, 1.5],
    [{ 'retry-after-ms': 'soon', 'retry-after': '9' }, 9],
    [{ 'retry-after': 'Tue, 24 Nov 2026 12:00:30 GMT' }, 30],
    [{ 'retry-after': 'Tue, 24 Nov 2026 11:00:00 GMT' }, 0],
    [{ 'retry-after': 'later' }, undefined],
    [{ 'retry-after': '' }, undefined],
    [{}, undefined],
  ])('%j is %p', (headers, seconds) => {
    expect(retryAfterSeconds(new Headers(headers), now)).toBe(seconds);
  });

  test('comes with the error', async () => {
    const error = await errorFrom(refusal(529, { message: 'Overloaded' }, { 'retry-after': '12' }));

    expect(error).toMatchObject({ name: 'ProviderOverloaded', retryAfterSeconds: 12 });
  });
});

describe('the key', () => {
  const echo = `The key ${KEY} is not good`;
  const echoes: [string, Reply][] = [
    ['an error', refusal(401, { message: echo })],
    ['an error that begins with much else', refusal(400, { message: `${'x'.repeat(395)}${KEY}` })],
    ['a detail of an error', refusal(403, { message: 'no', inner: { headers: { authorization: `Bearer ${KEY}` } } })],
    ['a header', refusal(500, { message: 'no' }, { 'x-debug': KEY })],
    ['a page', { status: 502, text: `<html>${echo}</html>` }],
    ['an answer of another shape', { json: { echo } }],
    ['an error inside an answer', { json: { error: { message: echo, code: 401 } } }],
    ['a failed connection', { fails: new TypeError('fetch failed', { cause: new Error(echo) }) }],
  ];

  test.each(echoes)('that an endpoint repeats in %s is in no error', async (_, reply) => {
    const errors = [await errorFrom(reply)];
    const trainer = () => openaiTrainer({ client: new ScriptedFetch(reply).client() });
    for (const call of [
      () => trainer().create(trainingRequest),
      () => trainer().upload('train', pairs(1)),
      () => trainer().findByKey('k', 'f'),
      () => trainer().get('ftjob-1'),
    ]) {
      errors.push(
        await call().then(
          () => new Error('It did not fail'),
          (error: Error) => error,
        ),
      );
    }

    for (const error of errors) {
      expect(error.message).not.toBe('It did not fail');
      expect(error.cause).toBeDefined();
      const printed = inspect(error, { depth: 20, showHidden: true, maxStringLength: null });
      expect(printed.includes(KEY)).toBe(false);
      expect(JSON.stringify(error).includes(KEY)).toBe(false);
    }
  });

  test('is not logged', async () => {
    process.env['OPENAI_LOG'] = 'debug';
    const said: unknown[] = [];
    const original = { ...console };
    for (const level of ['debug', 'info', 'log', 'warn', 'error'] as const)
      console[level] = (...words) => said.push(words);
    try {
      await errorFrom(refusal(401, { message: echo }));
    } finally {
      Object.assign(console, original);
      delete process.env['OPENAI_LOG'];
    }

    expect(said).toEqual([]);
  });
});
