import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { inspect } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { CredentialRefused, ProviderOverloaded, ProviderRejectedRequest } from '../../../core/errors.ts';
import { type ChangingKey, openaiClient } from '../../../providers/openai-compatible/client.ts';
import { openaiStudent } from '../../../providers/openai-compatible/student.ts';
import { openaiTrainer } from '../../../providers/openai-compatible/trainer.ts';
import { sampleRequest } from '../student-contract.ts';
import { pairs, trainingRequest } from '../trainer-contract.ts';

const OLD = 'sk-old-0123456789';
const NEW = 'sk-new-0123456789';
const keyPlace = 'the key OPENAI_API_KEY in the secret ratchet/openai';

/** Takes one key alone, and repeats any other, in every way that an endpoint can. */
let taken: string;
let status: number;
let inside: number | undefined;
const seen: { key: string; body: string; port: number | undefined }[] = [];
const endpoint = createServer(async (request: IncomingMessage, response: ServerResponse) => {
  const key = (request.headers.authorization ?? '').replace('Bearer ', '');
  seen.push({ key, body: await text(request), port: request.socket.remotePort });
  const headers = { 'content-type': 'application/json', 'x-key': OLD };
  if (key === taken && inside !== undefined) {
    response.writeHead(200, headers).end(JSON.stringify({ error: { message: `No, not with ${key}`, code: inside } }));
    return;
  }
  if (key === taken && status === 200) {
    response.writeHead(200, headers).end('{"id":"job-1","status":"queued","choices":[{"message":{"content":"yes"}}]}');
    return;
  }
  const message = `No, not with ${key}, nor ${OLD}, nor ${NEW}`;
  response.writeHead(key === taken ? status : 401, headers).end(JSON.stringify({ error: { message, code: key } }));
});
let baseURL: string;
beforeAll(async () => {
  await new Promise<void>((resolve) => endpoint.listen(0, '127.0.0.1', resolve));
  baseURL = `http://127.0.0.1:${(endpoint.address() as AddressInfo).port}/v1`;
});
beforeEach(() => {
  seen.length = 0;
  taken = NEW;
  status = 200;
  inside = undefined;
});
afterAll(() => {
  endpoint.closeAllConnections();
  endpoint.close();
});

/** Gives the old key until it is refused. */
function rotated(): ChangingKey {
  let key = OLD;
  return async (refused) => {
    if (refused === OLD) key = NEW;
    return key;
  };
}
const clientWith = (apiKey: ChangingKey) => openaiClient({ baseURL, apiKey, keyPlace });
const sampleWith = (apiKey: ChangingKey) =>
  openaiStudent({ client: clientWith(apiKey), model: 'm' }).sample({ ...sampleRequest, count: 1 });
const errorOf = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );
const shown = (error: unknown) => inspect(error, { depth: 20, showHidden: true, maxStringLength: null });

describe('a key that the endpoint refuses', () => {
  test('is replaced, and the same request sent once more', async () => {
    const { texts } = await sampleWith(rotated());

    expect(texts.map(({ text }) => text)).toEqual(['yes']);
    expect(seen.map(({ key }) => key)).toEqual([OLD, NEW]);
    expect(seen[1]?.body).toBe(seen[0]?.body);
    expect(seen[1]?.port).toBe(seen[0]?.port);
  });

  test('is replaced for a file too, which is sent whole again', async () => {
    await openaiTrainer({ client: clientWith(rotated()) }).upload('train', pairs(2));

    expect(seen.map(({ key }) => key)).toEqual([OLD, NEW]);
    for (const { body } of seen) expect(body).toContain('"content":"good 1"');
  });

  test('is replaced for a training job too: a request that was refused has made none', async () => {
    await openaiTrainer({ client: clientWith(rotated()) }).create(trainingRequest);

    expect(seen.map(({ key }) => key)).toEqual([OLD, NEW]);
  });

  test('and has no newer one is refused after one request', async () => {
    const error = await errorOf(sampleWith(async () => OLD));

    expect(error).toBeInstanceOf(CredentialRefused);
    expect(seen).toHaveLength(1);
  });

  test('and whose newer one is refused too is not replaced again', async () => {
    taken = 'another';

    expect(await errorOf(sampleWith(rotated()))).toBeInstanceOf(CredentialRefused);
    expect(seen.map(({ key }) => key)).toEqual([OLD, NEW]);
  });

  test('is said to be the one of its place', async () => {
    const error = await errorOf(sampleWith(async () => OLD));

    expect((error as Error).message).toContain(`answered to ${keyPlace}: 401 No, not with [key]`);
  });
});

test('the next request begins with the key that was taken', async () => {
  const client = clientWith(rotated());
  const student = openaiStudent({ client, model: 'm' });

  await student.sample({ ...sampleRequest, count: 1 });
  await student.sample({ ...sampleRequest, count: 1 });

  expect(seen.map(({ key }) => key)).toEqual([OLD, NEW, NEW]);
});

describe('no error shows a key, neither the present one nor one before it', () => {
  test.each([
    ['refuses both keys', 401, 'another'],
    ['forbids', 403, NEW],
    ['rejects', 400, NEW],
    ['is overloaded', 429, NEW],
    ['is broken', 500, NEW],
  ])('where the endpoint %s', async (_, code, key) => {
    status = code;
    taken = key;
    const error = await errorOf(sampleWith(rotated()));

    expect(shown(error)).toContain('No, not with [key], nor [key], nor [key]');
    expect(shown(error)).not.toContain(OLD);
    expect(shown(error)).not.toContain(NEW);
  });
});

test('nor where the error comes inside an answer that is none', async () => {
  inside = 502;
  const error = await errorOf(sampleWith(rotated()));

  expect(shown(error)).toContain('No, not with [key]');
  expect(shown(error)).not.toContain(NEW);
});

describe('why there is no key is said as it is', () => {
  test.each([
    ['a refusal', new CredentialRefused('There is no such secret.')],
    ['an overload', new ProviderOverloaded('Secrets Manager is busy.')],
  ])('%s, before the first request', async (_, error) => {
    const asking = sampleWith(async () => {
      throw error;
    });

    await expect(asking).rejects.toBe(error);
    expect(seen).toEqual([]);
  });

  test('an overload, after the old key was refused', async () => {
    const error = new ProviderOverloaded('Secrets Manager is busy.');
    const asking = sampleWith(async (refused) => {
      if (refused !== undefined) throw error;
      return OLD;
    });

    await expect(asking).rejects.toBe(error);
    expect(seen).toHaveLength(1);
  });
});

test('a refusal of anything but the key is none of the key', async () => {
  status = 400;

  await expect(sampleWith(async () => NEW)).rejects.toThrow(ProviderRejectedRequest);
  expect(seen).toHaveLength(1);
});
