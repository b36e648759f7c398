import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { CredentialRefused, ProviderOverloaded, ProviderRejectedRequest } from '../../../core/errors.ts';
import type { Announcement } from '../../../core/ports.ts';
import { eventBridgeAnnouncer } from '../../../providers/eventbridge/announcer.ts';

/** What EventBridge answers next, as it does: JSON 1.1, errors by `__type`. */
let answer: { status: number; body: Record<string, unknown> };
let requests: { target: string | undefined; body: { Entries: Record<string, string>[] } }[];
const taken = { status: 200, body: { FailedEntryCount: 0, Entries: [{ EventId: 'e-1' }] } };
const notTaken = (ErrorCode: string) => ({
  status: 200,
  body: { FailedEntryCount: 1, Entries: [{ ErrorCode, ErrorMessage: 'the event was not taken' }] },
});

const server: Server = createServer(async (request: IncomingMessage, response: ServerResponse) => {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  requests.push({
    target: request.headers['x-amz-target'] as string,
    body: JSON.parse(Buffer.concat(parts).toString()),
  });
  response.writeHead(answer.status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(answer.body));
});
let client: EventBridgeClient;
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  client = new EventBridgeClient({
    region: 'eu-central-1',
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    maxAttempts: 1,
  });
});
beforeEach(() => {
  requests = [];
  answer = taken;
});
afterAll(() => {
  client.destroy();
  server.close();
});

const ended: Announcement = {
  type: 'run-ended',
  loop: 'desk',
  run: 'desk-1',
  ending: 'finished',
  says: 'The round promoted a new student.',
  incumbent: { before: { model: 'base', checkRate: 0.25 }, after: { model: 'base:r1', checkRate: 0.791 } },
  usd: 1.234,
  report: 'runs/desk-1/report.html',
};
const page = 'https://console.example.com/desk-1';
const announcer = () => eventBridgeAnnouncer(async () => page, client);
const detail = () => JSON.parse(requests[0]?.body.Entries[0]?.['Detail'] ?? '{}');

describe('an announcement', () => {
  test('is one event on the default bus, from the source ratchet', async () => {
    await announcer().tell(ended);

    const { Detail: _, ...entry } = requests[0]!.body.Entries[0]!;
    expect(requests.map(({ target }) => target)).toEqual(['AWSEvents.PutEvents']);
    expect(requests[0]?.body.Entries).toHaveLength(1);
    expect(entry).toEqual({ Source: 'ratchet', DetailType: 'Run ended' });
  });

  test('of an ending says how it ended, in numbers and in words, and where to look', async () => {
    await announcer().tell(ended);

    const { type: _, ...told } = ended;
    expect(detail()).toEqual({
      ...told,
      summary:
        'The incumbent is now base:r1, 79.1 % of whose held-out responses pass every check; before it was base, 25.0 % of whose held-out responses pass every check. The run has spent 1.23 US dollars.',
      console: page,
    });
  });

  test('names no rate where nothing was measured, and no change where there was none', async () => {
    const same = { model: 'base', checkRate: null };
    await announcer().tell({ ...ended, incumbent: { before: same, after: same } });

    expect(detail().summary).toBe('The incumbent stays base. The run has spent 1.23 US dollars.');
  });

  test('of a question says what waits for the answer', async () => {
    const until = '2026-12-02T09:00:00.000Z';
    const place = { loop: 'desk', run: 'desk-1', round: 2, before: 'training' } as const;
    await announcer().tell({ type: 'approval-wanted', ...place, summary: '120 pairs.', until });

    expect(requests[0]?.body.Entries[0]?.['DetailType']).toBe('Approval wanted');
    expect(detail()).toMatchObject({ ...place, summary: '120 pairs.', until });
  });

  test('of a start that was refused says which run is in its way', async () => {
    await announcer().tell({ type: 'run-refused', loop: 'desk', run: 'desk-2', running: 'desk-1' });

    expect(requests[0]?.body.Entries[0]?.['DetailType']).toBe('Run refused');
    expect(detail()).toMatchObject({ run: 'desk-2', running: 'desk-1' });
  });
});

describe('an event that was not taken', () => {
  const failing = (told: typeof answer) => {
    answer = told;
    return announcer().tell(ended);
  };

  test.each([['ThrottlingException'], ['InternalFailure'], ['InternalException']])(
    'for %s, in a request that was, is told again later',
    async (code) => {
      await expect(failing(notTaken(code))).rejects.toThrow(ProviderOverloaded);
    },
  );

  test('for what is in it is refused for good, and the message says why', async () => {
    await expect(failing(notTaken('MalformedDetail'))).rejects.toThrow(ProviderRejectedRequest);
    await expect(failing(notTaken('MalformedDetail'))).rejects.toThrow('the event was not taken');
  });

  test('for want of a permission names it', async () => {
    const denied = failing({ status: 400, body: { __type: 'AccessDeniedException', message: 'no events:PutEvents' } });

    await expect(denied).rejects.toThrow(CredentialRefused);
    await expect(denied).rejects.toThrow('allow events:PutEvents');
  });

  test.each([
    [400, 'ThrottlingException'],
    [500, 'InternalException'],
    [503, 'ServiceUnavailable'],
  ])('with %i %s is told again later', async (status, type) => {
    await expect(failing({ status, body: { __type: type, message: 'later' } })).rejects.toThrow(ProviderOverloaded);
  });

  test('with another 4xx is refused for good', async () => {
    const body = { __type: 'ValidationException', message: 'too many entries' };

    await expect(failing({ status: 400, body })).rejects.toThrow(ProviderRejectedRequest);
  });

  test('where nobody answers is told again later', async () => {
    const nobody = new EventBridgeClient({
      region: 'eu-central-1',
      endpoint: 'http://127.0.0.1:1',
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
      maxAttempts: 1,
    });

    await expect(eventBridgeAnnouncer(async () => page, nobody).tell(ended)).rejects.toThrow(ProviderOverloaded);
  });
});
