import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { ProviderOverloaded } from '../../../core/errors.ts';
import { openaiClient } from '../../../providers/openai-compatible/client.ts';
import { openaiStudent } from '../../../providers/openai-compatible/student.ts';
import { openaiTrainer } from '../../../providers/openai-compatible/trainer.ts';
import { sampleRequest } from '../student-contract.ts';
import { pairs } from '../trainer-contract.ts';

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

/** The real fetch over a real socket, on this machine only. */
async function clientOf(answer: (response: ServerResponse, body: string) => void, timeoutSeconds = 5) {
  server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    answer(response, body);
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return openaiClient({ baseURL: `http://127.0.0.1:${port}/v1`, apiKey: 'sk-loopback-1', timeoutSeconds });
}

const JSON_TYPE = { 'content-type': 'application/json' };

describe('a real connection', () => {
  test('carries a request and its answer', async () => {
    const client = await clientOf((response, body) => {
      const { n, model } = JSON.parse(body);
      const choices = Array.from({ length: n }, (_, index) => ({ message: { content: `${model} ${index}` } }));
      response.writeHead(200, JSON_TYPE).end(JSON.stringify({ choices }));
    });

    const { texts } = await openaiStudent({ client, model: 'm' }).sample({ ...sampleRequest, count: 2 });

    expect(texts.map(({ text }) => text)).toEqual(['m 0', 'm 1']);
  });

  test('carries a file', async () => {
    let form = '';
    const client = await clientOf((response, body) => {
      form = body;
      response.writeHead(200, JSON_TYPE).end('{"id":"file-1"}');
    });

    expect(await openaiTrainer({ client }).upload('train', pairs(2))).toEqual({ file: 'file-1' });
    expect(form).toMatch(/name="purpose"\r\n\r\nfine-tune\r\n/);
    expect(form).toMatch(/filename="train\.jsonl"[\s\S]*"content":"good 1"/);
  });

  test.each<[string, (response: ServerResponse) => void]>([
    ['is dropped before the answer', (response) => response.destroy()],
    [
      'is dropped within the answer',
      (response) => {
        response.writeHead(200, { ...JSON_TYPE, 'content-length': '1000' });
        response.write('{"choices": [', () => response.destroy());
      },
    ],
  ])('that %s is overload', async (_, answer) => {
    const client = await clientOf(answer);

    await expect(openaiStudent({ client, model: 'm' }).sample(sampleRequest)).rejects.toThrow(ProviderOverloaded);
  });

  test('whose answer never ends is given up', async () => {
    const client = await clientOf((response) => {
      response.writeHead(200, JSON_TYPE).write('{"choices": [');
    }, 0.2);

    const sampling = openaiStudent({ client, model: 'm' }).sample(sampleRequest);

    await expect(sampling).rejects.toThrow(ProviderOverloaded);
    await expect(sampling).rejects.toThrow('did not answer within 0.2 s');
  });

  test('to where nobody listens is overload that says so', async () => {
    const client = await clientOf(() => undefined);
    await new Promise((resolve) => server?.close(resolve));

    await expect(openaiStudent({ client, model: 'm' }).sample(sampleRequest)).rejects.toThrow(/ECONNREFUSED/);
  });
});
