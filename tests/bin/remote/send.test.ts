import { describe, expect, test } from '@jest/globals';
import { loopApi } from '../../../bin/remote/loop-api.ts';
import { sendTo } from '../../../bin/remote/send.ts';
import type { SignedRequest } from '../../../bin/remote/signed-fetch.ts';
import { problem } from './fake-stack.ts';
import { run, student } from './sample-views.ts';

const stack = {
  name: 'ratchet-small',
  region: 'eu-west-1',
  account: '123456789012',
  apiUrl: 'https://a1b2c3.execute-api.eu-west-1.amazonaws.com/v1/',
  bucket: 'small-bucket',
  loop: 'small',
};
const atOnce = { 'retry-after': '0' };
const busy = { ...problem(503, 'StoreUnavailable', 'Something is away.'), headers: atOnce };

/** An API that answers one after the other, and then no more. */
function scripted(
  ...answers: readonly (
    | Error
    | { readonly status?: number; readonly headers?: Record<string, string>; readonly body: unknown }
  )[]
) {
  const requests: { readonly url: string; readonly request: SignedRequest }[] = [];
  const send = sendTo(stack, undefined, async (url, request) => {
    const answer = answers[requests.length];
    requests.push({ url: url.href, request });
    if (answer === undefined) throw new Error('Not in the script.');
    if (answer instanceof Error) throw answer;
    const { status = 200, headers = {}, body } = answer;
    return new Response(typeof body === 'string' ? body : JSON.stringify(body), { status, headers });
  });
  return { requests, send, api: loopApi(send) };
}

describe('what may be sent twice', () => {
  test('is sent again while the API is busy: a GET', async () => {
    const { api, requests } = scripted(busy, { status: 429, headers: atOnce, body: '' }, { body: student });

    expect(await api.getStudent()).toEqual(student);
    expect(requests.map(({ url }) => url)).toEqual(Array(3).fill(`${stack.apiUrl}student`));
  });

  test('and a start, under one key', async () => {
    const { api, requests } = scripted(busy, problem(404, 'RequestRefused', 'Gone.'));

    await expect(api.startRun({ runId: run }, 'key-1')).rejects.toMatchObject({ name: 'InvalidInput' });
    expect(requests.map(({ request }) => request.headers['idempotency-key'])).toEqual(['key-1', 'key-1']);
  });

  test('is given up after four tries, in the words of the API', async () => {
    const { api, requests } = scripted(busy, busy, busy, busy);

    await expect(api.getRun(run)).rejects.toMatchObject({
      name: 'ProviderOverloaded',
      message: 'The API of the stack ratchet-small answers GET /runs/small-7 with 503: Something is away.',
    });
    expect(requests).toHaveLength(4);
  });
});

test('what may not be sent twice is sent once, whatever becomes of it', async () => {
  for (const answer of [busy, new TypeError('fetch failed', { cause: new Error('connect ECONNREFUSED') })]) {
    const { api, requests } = scripted(answer, { body: student });

    await expect(api.rollBack({ reason: '' })).rejects.toMatchObject({ name: 'ProviderOverloaded' });
    expect(requests).toHaveLength(1);
  }
});

test('a request that can’t be used says each field', async () => {
  const fields = [{ path: 'to', message: 'it is not in the lineage' }];
  const { api } = scripted(problem(400, 'RequestRefused', 'The request can’t be used.', fields));

  await expect(api.rollBack({ to: 'x' })).rejects.toMatchObject({
    name: 'InvalidInput',
    problems: ['The request can’t be used.', 'to: it is not in the lineage'],
  });
});

test('who is not allowed is told the permission and its resource', async () => {
  const { api } = scripted(problem(403, 'RequestRefused', 'It takes a permission.'));

  await expect(api.stopRun(run, {})).rejects.toMatchObject({
    name: 'CredentialRefused',
    message: expect.stringContaining(
      'Allow execute-api:Invoke on arn:aws:execute-api:eu-west-1:123456789012:a1b2c3/v1/POST/runs/small-7/stop to',
    ),
  });
});

test('an answer of another version, or none, is no answer', async () => {
  const others = scripted({ body: { ...student, incumbents: [] } });
  const page = scripted({ body: '<html>' });

  await expect(others.api.getStudent()).rejects.toMatchObject({ name: 'ProviderAnswerUnreadable' });
  await expect(page.api.getStudent()).rejects.toMatchObject({ name: 'ProviderAnswerUnreadable' });
});

test('missing credentials are told with how to get some, and not asked for again', async () => {
  const { api, requests } = scripted(Object.assign(new Error('Could not load'), { name: 'CredentialsProviderError' }));

  await expect(api.getStudent()).rejects.toMatchObject({
    name: 'CredentialRefused',
    message: expect.stringContaining('set AWS_PROFILE'),
  });
  expect(requests).toHaveLength(1);
});

test('an API whose name is not known says why it was not reached', async () => {
  const { send } = scripted(new TypeError('fetch failed', { cause: new Error('getaddrinfo ENOTFOUND a1b2c3') }));

  await expect(send({ method: 'POST', path: '/runs/x/stop' })).rejects.toMatchObject({
    message: expect.stringContaining('getaddrinfo ENOTFOUND a1b2c3'),
  });
});
