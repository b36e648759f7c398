import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import * as z from 'zod';
import { problemSchema } from '../../../core/api.ts';
import {
  ArtifactUnreadable,
  CredentialRefused,
  IncumbentMoved,
  InvalidInput,
  LoopBusy,
  ProviderOverloaded,
  StoreRefused,
  StoreUnavailable,
  WriteConflict,
} from '../../../core/errors.ts';
import { defineRoute, type Route } from '../../../functions/api/define-route.ts';
import { runPath } from '../../../functions/api/run-route.ts';
import { caller, eventOf } from './api-fixture.ts';

const query = z.strictObject({ limit: z.coerce.number().int().min(1).optional() });
const body = z.strictObject({ seed: z.int().optional(), inner: z.strictObject({ deep: z.boolean() }).optional() });
const answer = z.strictObject({ said: z.string() });
type Run = Route<typeof runPath, typeof query, typeof body, typeof answer, { word: string }>['run'];

const says: Run = async (request, { word }) => ({ body: { said: `${word} ${JSON.stringify(request)}` } });
const handlerOf = (run: Run = says, services = () => ({ word: 'heard' })) =>
  defineRoute({ name: 'try-it', path: runPath, query, body, answer, run }, services);
const failsWith = async (error: unknown) => {
  const {
    statusCode,
    headers,
    body: text,
  } = await handlerOf(async () => Promise.reject(error))(eventOf({ run: 'run-1' }));
  return { statusCode, headers, text, problem: problemSchema.parse(JSON.parse(text)) };
};

let lines: Record<string, unknown>[];
beforeEach(() => {
  lines = [];
  const hear = (line: unknown) => {
    lines.push(JSON.parse(String(line)));
    return true;
  };
  jest.spyOn(process.stdout, 'write').mockImplementation(hear);
  jest.spyOn(process.stderr, 'write').mockImplementation(hear);
});
afterEach(() => {
  jest.restoreAllMocks();
});

describe('a route', () => {
  test('is left to Lambda when its time is up: the answer is still its own', async () => {
    const handler = handlerOf(async () => {
      // Longer than the time that is left.
      await new Promise((resolve) => setTimeout(resolve, 5));
      return { body: { said: 'late' } };
    });

    const context = { getRemainingTimeInMillis: () => 0 };
    expect(await handler(eventOf({ run: 'run-1' }), context)).toMatchObject({ statusCode: 200 });
  });

  test('gets what the request brings, parsed, and its answer is sent as JSON', async () => {
    const handler = handlerOf(async (request) => {
      expect(request).toEqual({
        path: { run: 'run-1' },
        query: { limit: 5 },
        body: { seed: 3 },
        caller,
        idempotencyKey: 'key',
      });
      return { status: 202, headers: { location: 'runs/run-1' }, body: { said: 'so' } };
    });

    const given = { run: 'run-1', query: { limit: '5' }, body: { seed: 3 }, headers: { 'IDEMPOTENCY-key': 'key' } };

    expect(await handler(eventOf(given))).toEqual({
      statusCode: 202,
      headers: { 'content-type': 'application/json', 'cache-control': 'no-store', location: 'runs/run-1' },
      body: '{"said":"so"}',
    });
  });

  test.each([
    ['a wrong field', { body: { seed: 'x' } }, 'seed'],
    ['a field too many', { body: { sead: 1 } }, 'sead'],
    ['a wrong field within', { body: { inner: { deep: 1 } } }, 'inner.deep'],
    ['a field too many within', { body: { inner: { deep: true, deeper: true } } }, 'inner.deeper'],
    ['a wrong query', { query: { limit: '0' } }, 'limit'],
    ['a wrong run', { run: 'Run 1' }, 'run'],
    ['a body that is no object', { body: '[]' }, ''],
    ['a body that is not JSON', { body: '{"seed":' }, ''],
  ])('refuses %s with 400 and says where', async (_, given, path) => {
    const { statusCode, headers, body: text } = await handlerOf()(eventOf({ run: 'run-1', ...given }));

    expect([statusCode, headers['content-type']]).toEqual([400, 'application/problem+json']);
    expect(problemSchema.parse(JSON.parse(text)).problems?.map((problem) => problem.path)).toEqual([path]);
  });

  test('names every wrong field at once', async () => {
    const { body: text } = await handlerOf()(eventOf({ run: 'run-1', body: { seed: 'x', inner: { deep: 1 } } }));

    expect(JSON.parse(text).problems).toHaveLength(2);
  });

  test.each([
    ['text/plain', 415],
    ['application/jsonp', 415],
    ['application/json; charset=utf-8', 200],
    ['APPLICATION/JSON', 200],
  ])('takes JSON and nothing else: %s', async (type, status) => {
    const event = eventOf({ run: 'run-1', body: {} });
    const handled = await handlerOf()({ ...event, headers: { 'content-type': type } });

    expect(handled.statusCode).toBe(status);
  });

  test('takes no body of more than 64 KB, counted in bytes', async () => {
    const given = (characters: number) => eventOf({ run: 'run-1', body: `{"seed":1${' '.repeat(characters - 10)}}` });
    const inBytes = eventOf({ run: 'run-1', body: JSON.stringify({ seed: 'ü'.repeat(40_000) }) });

    expect((await handlerOf()(given(65_536))).statusCode).toBe(200);
    expect((await handlerOf()(given(65_537))).statusCode).toBe(413);
    expect((await handlerOf()(inBytes)).statusCode).toBe(413);
  });

  test('reads a body that came in base64', async () => {
    const event = eventOf({ run: 'run-1' });
    const handled = await handlerOf()({
      ...event,
      body: Buffer.from('{"seed":7}').toString('base64'),
      isBase64Encoded: true,
    });

    expect(handled.body).toContain('seed\\":7');
  });

  test('that answers something else than it says fails, and what it answered stays inside', async () => {
    const handled = await handlerOf(async () => ({ body: { said: 'so', secret: 's3cret' } as never }))(
      eventOf({ run: 'run-1' }),
    );

    expect(handled.statusCode).toBe(500);
    expect(handled.body).not.toContain('s3cret');
  });

  test('whose services can not be made fails at its first event, not at import, and keeps to itself why', async () => {
    const handler = handlerOf(says, () => {
      throw new Error('The environment variable RATCHET_BUCKET is not set.');
    });

    const handled = await handler(eventOf({ run: 'run-1' }));

    expect(handled.statusCode).toBe(500);
    expect(handled.body).not.toContain('RATCHET_BUCKET');
  });
});

describe('what a route fails with', () => {
  test.each([
    [new InvalidInput('The loop', ['it is wrong']), 400, 'InvalidInput'],
    [new LoopBusy('desk', 'run-2'), 409, 'LoopBusy'],
    [new WriteConflict('s3://secret-bucket/loops/desk/registry.json has changed'), 409, 'WriteConflict'],
    [new IncumbentMoved('The incumbent is another.'), 409, 'IncumbentMoved'],
    [new StoreUnavailable('s3://secret-bucket could not be read'), 503, 'StoreUnavailable'],
    [new ProviderOverloaded('arn:aws:iam::1:role/secret is throttled'), 503, 'ProviderOverloaded'],
    [new StoreRefused('s3://secret-bucket: access is denied'), 500, 'Unexpected'],
    [new CredentialRefused('arn:aws:iam::1:role/secret may not'), 500, 'Unexpected'],
    [new ArtifactUnreadable('runs/run-1/run.json is not secret JSON'), 500, 'Unexpected'],
    [new TypeError('secret is undefined'), 500, 'Unexpected'],
  ])('%s is a problem of its own kind, and nothing internal is told', async (error, status, name) => {
    const { statusCode, headers, text, problem } = await failsWith(error);

    expect([statusCode, problem.status, problem.type]).toEqual([status, status, `urn:ratchet:error:${name}`]);
    expect(headers['content-type']).toBe('application/problem+json');
    expect(text).not.toMatch(/secret|arn:|s3:\/\/|\.ts:|node_modules/);
  });

  test('says when to try again where waiting helps', async () => {
    expect((await failsWith(new StoreUnavailable('away'))).headers['retry-after']).toBe('5');
    expect((await failsWith(new ProviderOverloaded('busy', { retryAfterSeconds: 30 }))).headers['retry-after']).toBe(
      '30',
    );
    expect((await failsWith(new TypeError('no'))).headers).not.toHaveProperty('retry-after');
  });

  test('names the request in the log, where the cause is', async () => {
    const { problem } = await failsWith(new TypeError('secret is undefined'));

    expect(problem.detail).toContain('request-1');
    expect(lines).toEqual([
      expect.objectContaining({
        level: 'ERROR',
        requestId: 'request-1',
        status: 500,
        error: expect.objectContaining({ message: 'secret is undefined' }),
      }),
    ]);
  });
});

describe('the log of a route', () => {
  test('has one line a request: which route, which run, how it went and how long it took, and no body', async () => {
    await handlerOf()(eventOf({ run: 'run-1', body: { seed: 424_242 } }));

    expect(lines).toEqual([
      expect.objectContaining({ level: 'INFO', route: 'try-it', run: 'run-1', status: 200, ms: expect.any(Number) }),
    ]);
    expect(JSON.stringify(lines)).not.toContain('424242');
  });

  test('has one line for a refusal too', async () => {
    await handlerOf()(eventOf({ run: 'run-1', body: { seed: 'no number' } }));

    expect(lines).toEqual([expect.objectContaining({ level: 'INFO', status: 400 })]);
  });
});
