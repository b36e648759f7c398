import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { CredentialRefused, ProviderOverloaded } from '../../../core/errors.ts';
import { cloudWatchErrorLog } from '../../../providers/cloudwatch-logs/error-log.ts';

/** Answers of FilterLogEvents, one after the other; AWS JSON 1.1. */
let answers: { readonly status?: number; readonly body: unknown }[] = [];
let requests: Record<string, unknown>[] = [];
const server = createServer(async (request, response) => {
  let text = '';
  for await (const piece of request) text += piece;
  requests.push({ target: request.headers['x-amz-target'], ...JSON.parse(text) });
  const { status = 200, body } = answers.shift() ?? { status: 500, body: {} };
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' });
  response.end(JSON.stringify(body));
});
let client: CloudWatchLogsClient;
beforeAll(async () => {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  client = new CloudWatchLogsClient({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'key', secretAccessKey: 'secret' },
    maxAttempts: 1,
  });
});
afterAll(async () => {
  client.destroy();
  server.closeAllConnections();
  await new Promise((resolve) => {
    server.close(resolve);
  });
});
beforeEach(() => {
  answers = [];
  requests = [];
});

const until = new Date('2026-11-24T09:00:00Z');
const last = () => cloudWatchErrorLog({ logGroup: '/ratchet/desk', client }).lastError('run-1', until);
const line = (message: string) => ({
  message: JSON.stringify({
    level: 'ERROR',
    message: 'failed',
    service: 'start-training',
    run: 'run-1',
    error: { name: 'TrainingFailed', message, stack: 'at secret.ts:1' },
  }),
});

describe('the error log', () => {
  test('tells the last error of a run within the hour, without its stack, however many pages there are', async () => {
    answers = [
      { body: { events: [line('first')], nextToken: '1' } },
      { body: { events: [], nextToken: '2' } },
      { body: { events: [line('second'), line('third')], nextToken: '3' } },
      { body: { events: [] } },
    ];

    expect(await last()).toBe('start-training: TrainingFailed: third');
    expect(requests[0]).toEqual({
      target: 'Logs_20140328.FilterLogEvents',
      logGroupName: '/ratchet/desk',
      filterPattern: '{ $.level = "ERROR" && $.message = "failed" && $.run = "run-1" }',
      startTime: until.getTime() - 3_600_000,
      endTime: until.getTime() + 60_000,
    });
    expect(requests.map((request) => request['nextToken'])).toEqual([undefined, '1', '2', '3']);
  });

  test('has nothing to tell where nothing failed, or where a line is no error of ours', async () => {
    answers = [{ body: { events: [] } }, { body: { events: [{ message: 'START RequestId' }] } }];

    expect(await last()).toBeUndefined();
    expect(await last()).toBeUndefined();
  });

  test('looks through a bounded number of pages', async () => {
    answers = Array.from({ length: 50 }, (_, page) => ({ body: { events: [], nextToken: String(page) } }));

    expect(await last()).toBeUndefined();
    expect(requests).toHaveLength(8);
  });

  test.each([
    ['AccessDeniedException', 400, CredentialRefused],
    ['ThrottlingException', 400, ProviderOverloaded],
    ['ServiceUnavailableException', 503, ProviderOverloaded],
  ])('%s is told as what its reader can do', async (type, status, expected) => {
    answers = [{ status, body: { __type: type, message: 'no' } }];

    await expect(last()).rejects.toThrow(expected);
  });
});
