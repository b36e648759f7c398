import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';

const program = join(import.meta.dirname, 'call-endpoint.ts');
const directory = mkdtempSync(join(tmpdir(), 'bundled-client-'));
const bundled = join(directory, '_.._', 'tests', 'lib', 'call-endpoint.mjs');
const run = promisify(execFile);

/** The user agent is the name of the client's class, which a bundle shortens. */
const headersThatVary = ['host', 'content-length', 'connection', 'user-agent'];
let sent: unknown[];
const endpoint = createServer(async (request, response) => {
  const boundary = /boundary=(.+)$/.exec(request.headers['content-type'] ?? '')?.[1] ?? '';
  const body = await text(request);
  const same = (words: string) => (boundary === '' ? words : words.replaceAll(boundary, 'boundary'));
  const headers = Object.entries(request.headers).filter(([name]) => !headersThatVary.includes(name));
  sent.push({ method: request.method, url: request.url, headers: same(JSON.stringify(headers)), body: same(body) });
  answer(request, response, body);
});
let url: string;
beforeAll(async () => {
  execFileSync(process.execPath, [join('lib', 'run-esbuild.ts'), directory, 'tests/lib/call-endpoint.ts']);
  await new Promise<void>((resolve) => endpoint.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(endpoint.address() as AddressInfo).port}/v1`;
}, 60_000);
afterAll(() => {
  endpoint.closeAllConnections();
  endpoint.close();
  rmSync(directory, { recursive: true });
});

function answer(request: IncomingMessage, response: ServerResponse, body: string): void {
  const send = (status: number, json: unknown) => {
    const type = { 'content-type': 'application/json', 'x-request-id': 'req-1', 'retry-after': '7' };
    response.writeHead(status, type).end(JSON.stringify(json));
  };
  const job = { id: 'job-1', status: 'running', training_file: 'file-1', metadata: { run_key: 'r1/round-1' } };
  if (request.headers.authorization === 'Bearer sk-0')
    send(401, { error: { message: 'No.', code: 'invalid_api_key' } });
  else if (request.url === '/v1/files') send(200, { id: 'file-1' });
  else if (request.url?.startsWith('/v1/fine_tuning/jobs?')) send(200, { data: [job], has_more: false });
  else if (request.url?.startsWith('/v1/fine_tuning/jobs')) send(200, job);
  else chats[(JSON.parse(body) as { model: string }).model]?.(send, response);
}

const chats: Record<string, (send: (status: number, json: unknown) => void, response: ServerResponse) => void> = {
  works: (send) => send(200, { choices: [{ message: { content: 'ja' }, finish_reason: 'stop' }] }),
  'too many': (send) => send(429, { error: { message: 'Slow down.' } }),
  broken: (send) => send(500, { detail: 'Oh.' }),
  rejected: (send) => send(400, { error: { message: 'No such model.', code: 'model_not_found', param: 'model' } }),
  'cut off': (_, response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' });
    response.write('{"choices"', () => response.destroy());
  },
  'no JSON': (_, response) => {
    response.end('<html>');
  },
  silent: () => undefined,
};

async function cameOf(file: string, which: 'calls' | 'wishes') {
  sent = [];
  const { stdout } = await run(process.execPath, [file, url, which], { env: {} });
  const lines = stdout.trim().split('\n');
  return { came: new Map(lines.map((line) => [JSON.parse(line).name, JSON.parse(line).came])), sent };
}

test('what a bundle leaves out of the openai package is missed by no call and no failure', async () => {
  const source = await cameOf(program, 'calls');
  const bundle = await cameOf(bundled, 'calls');

  expect(bundle).toEqual(source);
  expect(source.came.get('works')).toMatchObject({ texts: [{ text: 'ja' }] });
  expect(source.came.get('key refused')).toMatchObject({ name: 'CredentialRefused' });
  expect(source.came.get('too many')).toMatchObject({ name: 'ProviderOverloaded' });
  expect(source.came.get('rejected')).toMatchObject({ name: 'ProviderRejectedRequest' });
  expect(source.came.get('silent').message).toContain('did not answer within 0.2 s');
  expect(source.came.get('a file')).toEqual({ file: 'file-1' });
  expect(source.came.get('jobs of a key')).toEqual({ job: 'job-1' });
  expect(source.sent.length).toBeGreaterThanOrEqual(source.came.size);
}, 60_000);

test('who asks a bundle for what it leaves out is told so', async () => {
  const { came } = await cameOf(bundled, 'wishes');

  expect(came.size).toBe(5);
  for (const error of came.values()) expect(error).toMatchObject({ message: expect.stringContaining('is left out') });
}, 60_000);
