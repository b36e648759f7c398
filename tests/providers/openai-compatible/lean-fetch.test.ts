import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { LeanResponse, leanFetch } from '../../../providers/openai-compatible/lean-fetch.ts';

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  }
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
}

async function post(url: string, init: RequestInit = {}): Promise<LeanResponse> {
  const response: unknown = await leanFetch(url, { method: 'POST', body: '{"text":"grüß"}', ...init });
  if (response instanceof LeanResponse) return response;
  throw new Error('the built-in fetch has answered');
}

describe('the lean fetch', () => {
  test('sends method, headers and every byte of the body, and gives status, headers and text', async () => {
    const url = await serve(async (request, response) => {
      const parts: Buffer[] = [];
      for await (const part of request) parts.push(part);
      response.writeHead(418, { 'x-seen': `${request.method} ${request.headers['x-key']}` });
      response.end(Buffer.concat(parts));
    });

    const response = await post(url, { headers: { 'x-key': 'abc' } });

    expect([response.status, response.ok, response.headers.get('x-seen')]).toEqual([418, false, 'POST abc']);
    expect(await response.text()).toBe('{"text":"grüß"}');
  });

  test('keeps a connection for the next call', async () => {
    const ports = new Set<number | undefined>();
    const url = await serve((request, response) => {
      ports.add(request.socket.remotePort);
      request.resume().on('end', () => response.end('ok'));
    });

    for (let call = 0; call < 5; call++) await (await post(url)).text();

    expect(ports.size).toBe(1);
  });

  test('does not read on where a body is larger than it may be', async () => {
    const closed = Promise.withResolvers<void>();
    const url = await serve((request, response) => {
      request.resume();
      response.on('close', closed.resolve);
      const writeOn = (): void => {
        while (!response.destroyed && response.write('x'.repeat(65_536)));
        if (!response.destroyed) response.once('drain', writeOn);
      };
      writeOn();
    });

    expect(await (await post(url)).textUpTo(1_000_000)).toBeUndefined();
    await closed.promise;
  });

  test('fails where the connection ends before the body does', async () => {
    const url = await serve((request, response) => {
      request.resume();
      response.writeHead(200, { 'content-length': 100 });
      response.write('half', () => response.destroy());
    });

    await expect((await post(url)).text()).rejects.toThrow();
  });

  test('is given up by its signal, before the answer and in the middle of it', async () => {
    const silent = await serve((request) => request.resume());
    const dripping = await serve((request, response) => {
      request.resume();
      response.write('x');
    });
    const before = new AbortController();
    const middle = new AbortController();

    const waiting = post(silent, { signal: before.signal });
    before.abort();
    await expect(waiting).rejects.toThrow(/abort/);

    const reading = (await post(dripping, { signal: middle.signal })).text();
    middle.abort();
    await expect(reading).rejects.toThrow(/abort/);
  });

  test('leaves what is no text to the built-in one', async () => {
    const url = await serve((request, response) => {
      request.resume().on('end', () => response.end(request.headers['content-type']));
    });
    const form = new FormData();
    form.append('file', new Blob(['a line']), 'train.jsonl');

    const response = await leanFetch(url, { method: 'POST', body: form });

    expect(response).not.toBeInstanceOf(LeanResponse);
    expect(await response.text()).toMatch(/^multipart\/form-data; boundary=/);
  });
});
