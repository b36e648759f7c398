import { createHash, createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { ProviderOverloaded } from '../../../core/errors.ts';
import { getSecretValue } from '../../../providers/secrets-manager/get-secret-value.ts';
import { readSecret } from '../../../providers/secrets-manager/read-secret.ts';
import { awsEnvironment } from './secrets-server.ts';

interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

let answer: { readonly status: number; readonly body: string };
let received: Received[];
let url: string;
let close: () => void;
const environment = process.env;
beforeEach(async () => {
  received = [];
  answer = { status: 200, body: '{"SecretString": "sk-1"}' };
  const service = createServer(async (request, response) => {
    received.push({ headers: request.headers, body: await text(request) });
    response.writeHead(answer.status).end(answer.body);
  });
  await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(service.address() as AddressInfo).port}`;
  close = () => {
    service.closeAllConnections();
    service.close();
  };
  process.env = { ...environment, ...awsEnvironment, AWS_SESSION_TOKEN: 'token', AWS_ENDPOINT_URL: url };
  delete process.env['AWS_ENDPOINT_URL_SECRETS_MANAGER'];
});
afterEach(() => {
  process.env = environment;
  close();
});

/** Signature Version 4 by its description (docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html). */
function signatureOf({ headers, body }: Received): string {
  const sha256 = (words: string) => createHash('sha256').update(words).digest('hex');
  const [, scope = '', names = ''] =
    /Credential=AKIDEXAMPLE\/(\S+), SignedHeaders=(\S+),/.exec(headers.authorization ?? '') ?? [];
  const signed = names.split(';').map((name) => `${name}:${headers[name]}`);
  const request = ['POST', '/', '', ...signed, '', names, sha256(body)].join('\n');
  const sent = ['AWS4-HMAC-SHA256', headers['x-amz-date'], scope, sha256(request)].join('\n');
  const hmac = (key: string | Buffer, words: string) => createHmac('sha256', key).update(words).digest();
  const key = scope.split('/').reduce<string | Buffer>(hmac, `AWS4${awsEnvironment.AWS_SECRET_ACCESS_KEY}`);
  return hmac(key, sent).toString('hex');
}

test('the request is signed, the token of temporary credentials with it', async () => {
  expect(await getSecretValue('ratchet/openai')).toBe('sk-1');

  const { headers, body } = received[0]!;
  expect(JSON.parse(body)).toEqual({ SecretId: 'ratchet/openai' });
  expect(headers['content-type']).toBe('application/x-amz-json-1.1');
  expect(headers.authorization).toMatch(/Credential=AKIDEXAMPLE\/\d{8}\/eu-west-1\/secretsmanager\/aws4_request,/);
  expect(headers.authorization).toMatch(/SignedHeaders=\S*x-amz-security-token;x-amz-target,/);
  expect(headers.authorization).toContain(`Signature=${signatureOf(received[0]!)}`);
});

test('an endpoint of the service goes before one of all services', async () => {
  process.env['AWS_ENDPOINT_URL'] = 'http://127.0.0.1:9';
  process.env['AWS_ENDPOINT_URL_SECRETS_MANAGER'] = url;

  expect(await getSecretValue('ratchet/openai')).toBe('sk-1');
});

test("an error is named without the service's namespace", async () => {
  answer = { status: 400, body: '{"__type": "com.amazonaws.secretsmanager#DecryptionFailure", "Message": "No."}' };

  await expect(getSecretValue('x')).rejects.toMatchObject({ name: 'DecryptionFailure', message: 'No.' });
});

test('an error without words is told by its status', async () => {
  answer = { status: 503, body: '<html>' };

  await expect(readSecret('x', 'KEY')).rejects.toThrow('does not answer as it should (Error: status 503)');
});

describe('an answer that is not as it should be is overload, and none of it is shown', () => {
  test.each([
    ['cut off', '{"SecretString": "planted'],
    ['no object', '"planted"'],
    ['of another type', '{"SecretString": ["planted"]}'],
  ])('%s', async (_, body) => {
    answer = { status: 200, body };
    const error = await readSecret('x', 'KEY').catch((thrown: unknown) => thrown);

    expect(error).toBeInstanceOf(ProviderOverloaded);
    expect(inspect(error, { depth: 10, showHidden: true })).not.toContain('planted');
  });
});

test('where nobody listens, the error says so', async () => {
  close();

  await expect(readSecret('x', 'KEY')).rejects.toThrow('ECONNREFUSED');
});
