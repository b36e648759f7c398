import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { ProviderAnswerUnreadable, ProviderOverloaded } from '../../../core/errors.ts';
import { openaiClient } from '../../../providers/openai-compatible/client.ts';
import { request } from '../../../providers/openai-compatible/request.ts';
import { refusal, ScriptedFetch } from './scripted-fetch.ts';

const MEBIBYTE = 1024 * 1024;
const hello = z.looseObject({ hello: z.string() });
const call = { method: 'post', path: '/chat/completions', body: {}, model: 'm' } as const;

/** A body that would go on for ever; each piece of it is the same megabyte. */
function endless() {
  const piece = new Uint8Array(MEBIBYTE).fill(32);
  const body = { sent: 0, isCancelled: false };
  const stream = new ReadableStream<Uint8Array>({
    pull(controller) {
      body.sent++;
      controller.enqueue(piece);
    },
    cancel() {
      body.isCancelled = true;
    },
  });
  return { body, stream };
}

const clientFor = (response: Response) =>
  openaiClient({ baseURL: 'https://models.example/v1', apiKey: 'k', fetch: async () => response });

describe('a body that is too large', () => {
  test('is not read to its end', async () => {
    const { body, stream } = endless();

    const asking = request(clientFor(new Response(stream)), call, hello);

    await expect(asking).rejects.toThrow(ProviderAnswerUnreadable);
    await expect(asking).rejects.toThrow('it is larger than 64 MiB');
    expect(body.sent).toBeLessThan(64 + 4);
    expect(body.isCancelled).toBe(true);
  });

  test('that says so is not read at all', async () => {
    const { body, stream } = endless();
    const headers = { 'content-length': `${65 * MEBIBYTE}`, 'content-type': 'application/json' };

    const asking = request(clientFor(new Response(stream, { headers })), call, hello);

    await expect(asking).rejects.toThrow('it is larger than 64 MiB');
    expect(body.sent).toBeLessThan(4);
    expect(body.isCancelled).toBe(true);
  });
});

describe('an answer', () => {
  test.each(['text/plain; charset=utf-8', 'text/html', 'application/octet-stream', ''])(
    'of JSON is read, though it is declared as %j',
    async (type) => {
      const endpoint = new ScriptedFetch({ text: '{"hello": "you"}', headers: { 'content-type': type } });

      expect(await request(endpoint.client(), call, hello)).toEqual({ hello: 'you' });
    },
  );

  test('that comes in pieces, within a character too, is put together', async () => {
    const bytes = new TextEncoder().encode('{"hello": "größer"}');
    const stream = new ReadableStream<Uint8Array>({
      start(controller) {
        for (const byte of bytes) controller.enqueue(new Uint8Array([byte]));
        controller.close();
      },
    });

    expect(await request(clientFor(new Response(stream)), call, hello)).toEqual({ hello: 'größer' });
  });

  test.each([
    ['a page of HTML', '<!doctype html><title>Welcome to nginx</title>'],
    ['half of it', '{"hello": "y'],
    ['nothing', ''],
  ])('that is %s is refused, and the message says what to check', async (_, text) => {
    const asking = request(new ScriptedFetch({ text }).client(), call, hello);

    await expect(asking).rejects.toThrow(ProviderAnswerUnreadable);
    await expect(asking).rejects.toThrow('POST models.example/v1/chat/completions (model m)');
    await expect(asking).rejects.toThrow('Check the base URL');
    if (text) await expect(asking).rejects.not.toThrow(text);
  });

  test.each([[[]], [null], ['hello'], [7], [{ goodbye: 'you' }]])(
    'of %j is refused: it is JSON, but not what was promised',
    async (json) => {
      const asking = request(new ScriptedFetch({ json }).client(), call, hello);

      await expect(asking).rejects.toThrow(ProviderAnswerUnreadable);
      await expect(asking).rejects.toThrow('is it an OpenAI-compatible endpoint?');
    },
  );

  test('of an upstream that failed is its failure', async () => {
    const json = { error: { message: 'upstream is down', code: 502, metadata: { raw: 'secret response' } } };
    const asking = request(new ScriptedFetch({ json }).client(), call, hello);

    await expect(asking).rejects.toThrow(ProviderOverloaded);
    await expect(asking).rejects.not.toThrow('secret response');
  });
});

test('headers are told of every answer, of refusals too', async () => {
  const told: (string | null)[] = [];
  const onHeaders = (headers: Headers) => told.push(headers.get('x-ratelimit-remaining-requests'));
  const endpoint = new ScriptedFetch(
    { json: { hello: 'you' }, headers: { 'x-ratelimit-remaining-requests': '9' } },
    refusal(429, { message: 'Slow down' }, { 'x-ratelimit-remaining-requests': '0' }),
  );

  await request(endpoint.client(), { ...call, onHeaders }, hello);
  await expect(request(endpoint.client(), { ...call, onHeaders }, hello)).rejects.toThrow(ProviderOverloaded);

  expect(told).toEqual(['9', '0']);
});

test('a request that is given up is sent no longer', async () => {
  const endpoint = new ScriptedFetch({ never: true });
  const controller = new AbortController();
  const asking = request(endpoint.client(), { ...call, signal: controller.signal }, hello);
  controller.abort(new Error('nobody waits'));

  await expect(asking).rejects.toThrow();
  expect(endpoint.sent.length).toBeLessThanOrEqual(1);
});
