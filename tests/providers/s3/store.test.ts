import type { Readable } from 'node:stream';
import { S3Client } from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { InvalidInput, StoreRefused, StoreUnavailable, WriteConflict } from '../../../core/errors.ts';
import type { Store } from '../../../core/ports.ts';
import { s3Client } from '../../../providers/s3/client.ts';
import { s3Store } from '../../../providers/s3/store.ts';
import { storeContract } from '../store-contract.ts';
import { all, rowsUpTo } from '../store-moves.ts';
import { held } from './s3-bucket.ts';
import { awsEnvironment, type Fault, startS3 } from './s3-server.ts';

const environment = { ...process.env };
let s3: Awaited<ReturnType<typeof startS3>>;
let store: Store;

beforeEach(async () => {
  s3 = await startS3({ bucket: { objects: {} } });
  Object.assign(process.env, awsEnvironment, { AWS_ENDPOINT_URL: s3.url });
  store = s3Store({ bucket: 'bucket' });
});
afterEach(async () => {
  process.env = { ...environment };
  await s3.close();
});

/** How often a request of this kind came. */
const count = (kind: RegExp) => s3.requests.filter((line) => kind.test(line)).length;
const slowDown = { status: 503, code: 'SlowDown' };
const broken = { status: 500, code: 'InternalError' };
const undecided = { status: 409, code: 'ConditionalRequestConflict' };
/** 17 MB: three parts. */
const large = () => rowsUpTo(17_000, (n) => `${n} ${'ö'.repeat(500)}`);
const largeText = async () => (await all(large())).join('');

storeContract('a bucket', () => store);
storeContract('a prefix of a bucket', () => s3Store({ bucket: 'bucket', prefix: 'laptops/mine/' }));

describe('keys', () => {
  test.each(['', '/etc/passwd', '../outside', 'a/../../outside', 'a//b', 'a/', './a', 'a\\b', 'a\0b'])(
    'the key %j is refused',
    async (key) => {
      await expect(store.write(key, 'x')).rejects.toThrow(InvalidInput);
      await expect(store.read(key)).rejects.toThrow(InvalidInput);
      expect(s3.requests).toEqual([]);
    },
  );

  test('a prefix without its slash is refused: it would list what only begins alike', async () => {
    await expect(async () => all(store.list('runs'))).rejects.toThrow(InvalidInput);
  });

  test('a prefix keeps a store apart from its neighbours', async () => {
    await s3Store({ bucket: 'bucket', prefix: 'a/' }).write('key', 'mine');
    await s3Store({ bucket: 'bucket', prefix: 'ab/' }).write('key', 'theirs');

    expect(await all(s3Store({ bucket: 'bucket', prefix: 'a/' }).list(''))).toEqual(['key']);
    expect([...s3.bucket('bucket').objects.keys()]).toEqual(['a/key', 'ab/key']);
  });

  test('a folder that the console has made is no object', async () => {
    s3.bucket('bucket').objects.set('runs/', held(Buffer.of()));

    expect(await all(store.list('runs/'))).toEqual([]);
  });
});

describe('a write whose answer is lost is sent again by the SDK, and wins', () => {
  test.each([
    ['creates', 'ifAbsent'],
    ['replaces', 'ifVersion'],
  ])('where it %s', async (_, kind) => {
    const condition =
      kind === 'ifAbsent' ? { ifAbsent: true as const } : { ifVersion: (await store.write('object', 'first')).version };
    s3.faults.push({ on: /^PUT/, losesAnswer: true });
    const before = count(/^PUT/);

    const { version } = await store.write('object', 'second', condition);

    expect(count(/^PUT/) - before).toBe(2);
    expect(await store.read('object')).toEqual({ body: 'second', version });
  });

  test('where it comes in parts', async () => {
    s3.faults.push({ on: /^POST .*uploadId/, losesAnswer: true });

    const { version } = await store.write('rows.jsonl', large(), { ifAbsent: true });

    expect(await store.read('rows.jsonl')).toEqual({ body: await largeText(), version });
  });

  test('not where somebody else was first with the same bytes', async () => {
    s3.faults.push({
      on: /^PUT/,
      refusal: broken,
      first: ({ objects }) => objects.set('object', held(Buffer.from('same'))),
    });

    await expect(store.write('object', 'same', { ifAbsent: true })).rejects.toThrow(WriteConflict);
  });
});

describe('a write that S3 leaves undecided (409)', () => {
  test('is sent again until it is decided', async () => {
    s3.faults.push({ on: /^PUT/, refusal: undecided }, { on: /^PUT/, refusal: undecided });

    await store.write('object', 'mine', { ifAbsent: true });

    expect((await store.read('object'))?.body).toBe('mine');
  });

  test('has lost where it stays so and somebody else has won', async () => {
    const { version } = await store.write('object', 'theirs');
    for (let turn = 0; turn < 8; turn++) s3.faults.push({ on: /^PUT/, refusal: undecided });

    await expect(store.write('object', 'mine', { ifAbsent: true })).rejects.toThrow(WriteConflict);
    await expect(store.write('object', 'mine', { ifVersion: version })).rejects.toThrow(WriteConflict);
  });

  test('is to be tried later where nobody has won', async () => {
    for (let turn = 0; turn < 4; turn++) s3.faults.push({ on: /^PUT/, refusal: undecided });

    await expect(store.write('object', 'mine', { ifAbsent: true })).rejects.toThrow(StoreUnavailable);
  });

  test('in parts has lost to whoever is there', async () => {
    await store.write('object', 'theirs');
    s3.faults.push({ on: /^POST .*uploadId/, refusal: undecided });

    await expect(store.write('object', large(), { ifAbsent: true })).rejects.toThrow(WriteConflict);

    expect((await store.read('object'))?.body).toBe('theirs');
  });
});

describe('what is large goes in parts', () => {
  test('and comes back whole, with every character', async () => {
    const { version } = await store.write('rows.jsonl', large());

    expect(await store.read('rows.jsonl')).toEqual({ body: await largeText(), version });
    expect(count(/^PUT .*partNumber/)).toBe(3);
    expect(s3.bucket('bucket').uploads.size).toBe(0);
  });

  test('under a condition, which its completion carries', async () => {
    const { version } = await store.write('rows.jsonl', 'first');

    await expect(store.write('rows.jsonl', large(), { ifAbsent: true })).rejects.toThrow(WriteConflict);
    await store.write('rows.jsonl', large(), { ifVersion: version });
    await expect(store.write('rows.jsonl', large(), { ifVersion: version })).rejects.toThrow(WriteConflict);

    expect((await store.read('rows.jsonl'))?.body).toBe(await largeText());
    expect(s3.bucket('bucket').uploads.size).toBe(0);
  });

  test('and a source that fails leaves nothing behind', async () => {
    const failure = new Error('the source broke');
    const breaking = async function* () {
      yield* large();
      throw failure;
    };

    await expect(store.write('rows.jsonl', breaking())).rejects.toBe(failure);

    expect(count(/^PUT .*partNumber/)).toBeGreaterThan(0);
    expect(s3.bucket('bucket').uploads.size).toBe(0);
    expect(await all(store.list(''))).toEqual([]);
  });

  test('and a part that S3 refuses leaves nothing behind', async () => {
    s3.faults.push({ on: /^PUT .*partNumber=2/, refusal: { status: 403, code: 'AccessDenied' } });

    await expect(store.write('rows.jsonl', large())).rejects.toThrow(StoreRefused);

    expect(s3.bucket('bucket').uploads.size).toBe(0);
    expect(await all(store.list(''))).toEqual([]);
  });

  test('and a part that is damaged on its way is never taken', async () => {
    s3.faults.push({ on: /^PUT .*partNumber=2/, refusal: { status: 400, code: 'BadDigest' } });

    await expect(store.write('rows.jsonl', large())).rejects.toThrow(StoreUnavailable);
  });
});

describe('a connection that breaks while an object is read', () => {
  const rows = Array.from({ length: 50_000 }, (_, n) => `row ${n}`);
  beforeEach(() => store.write('rows.jsonl', rows.join('\n')));

  test('is taken up where it broke', async () => {
    s3.faults.push({ on: /^GET/, cutAfter: 100_000 }, { on: /^GET/, cutAfter: 70_000 });

    expect(await all(store.lines('rows.jsonl'))).toEqual(rows);
    expect(count(/^GET/)).toBe(3);
  });

  test('is an error where it brings nothing more', async () => {
    for (let turn = 0; turn < 4; turn++) s3.faults.push({ on: /^GET/, cutAfter: turn === 0 ? 100_000 : 0 });

    await expect(all(store.lines('rows.jsonl'))).rejects.toThrow(StoreUnavailable);
  });

  test.each([
    ['replaced', () => s3.bucket('bucket').objects.set('rows.jsonl', held(Buffer.from(rows.toReversed().join('\n'))))],
    ['deleted', () => s3.bucket('bucket').objects.delete('rows.jsonl')],
  ])('is an error where the object was %s meanwhile: no reader gets half of each', async (_, meanwhile) => {
    s3.faults.push({ on: /^GET/, cutAfter: 100_000 }, { on: /^GET/, first: meanwhile });

    await expect(all(store.lines('rows.jsonl'))).rejects.toThrow(StoreUnavailable);
  });

  test('is an error where the endpoint does not know ranges', async () => {
    s3.faults.push({ on: /^GET/, cutAfter: 100_000 }, { on: /^GET/, ignoresRange: true });

    await expect(all(store.lines('rows.jsonl'))).rejects.toThrow(StoreUnavailable);
  });

  test.each([
    ['read to its end', {}],
    ['left early', { stopsAt: 'row 3' }],
    ['not what was asked for', { fault: { on: /^GET/, ignoresRange: true as const } }],
    ['replaced meanwhile', { fault: { on: /^GET/, first: () => s3.bucket('bucket').objects.delete('rows.jsonl') } }],
  ])('no answer is left open when it is %s', async (_, { stopsAt, fault }: { stopsAt?: string; fault?: Fault }) => {
    const client = s3Client();
    const bodies: Readable[] = [];
    client.middlewareStack.add(
      (next) => async (args) => {
        const result = await next(args);
        bodies.push((result.output as { Body: Readable }).Body);
        return result;
      },
      { step: 'initialize' },
    );
    if (fault) s3.faults.push({ on: /^GET/, cutAfter: 100_000 }, fault);

    const reading = async () => {
      for await (const line of s3Store({ bucket: 'bucket', client }).lines('rows.jsonl')) if (line === stopsAt) return;
    };
    await reading().catch((error: Error) => expect(error).toBeInstanceOf(StoreUnavailable));

    expect(bodies.length).toBeGreaterThan(0);
    expect(bodies.filter(({ destroyed }) => !destroyed)).toEqual([]);
  });

  test('bytes that were damaged on their way are an error', async () => {
    const { objects } = s3.bucket('bucket');
    const { headers, etag, bytes } = objects.get('rows.jsonl')!;
    objects.set('rows.jsonl', { headers, etag, bytes: Buffer.from(bytes.toString().replace('row 7', 'row 8')) });

    await expect(all(store.lines('rows.jsonl'))).rejects.toThrow(StoreUnavailable);
    await expect(store.read('rows.jsonl')).rejects.toThrow(StoreUnavailable);
  });
});

describe('failures', () => {
  const operations: readonly (readonly [string, () => Promise<unknown>])[] = [
    ['read', () => store.read('object')],
    ['lines', () => all(store.lines('object'))],
    ['write', () => store.write('object', 'x')],
    ['create', () => store.write('another', 'x', { ifAbsent: true })],
    ['write in parts', () => store.write('object', large())],
    ['list', () => all(store.list(''))],
    ['delete', () => store.delete('object')],
  ];

  test.each(operations)('%s gets past a server error', async (_, operation) => {
    await store.write('object', 'there');
    s3.faults.push({ on: /./, refusal: broken });

    await operation();

    expect(s3.faults).toEqual([]);
  });

  test.each(operations)('%s names what is refused, and what to do', async (_, operation) => {
    s3.faults.push({ on: /./, refusal: { status: 403, code: 'AccessDenied' } });

    const outcome = operation();

    await expect(outcome).rejects.toThrow(StoreRefused);
    await expect(outcome).rejects.toThrow(/s3:\/\/bucket\/.*AccessDenied.*allow s3:GetObject, s3:PutObject/);
  });

  test.each(operations)('%s says that S3 is busy', async (_, operation) => {
    process.env['AWS_MAX_ATTEMPTS'] = '1';
    s3.faults.push({ on: /./, refusal: slowDown });

    const outcome = operation();

    await expect(outcome).rejects.toThrow(StoreUnavailable);
    await expect(outcome).rejects.toThrow(/s3:\/\/bucket\/.*SlowDown/);
  });

  test.each([
    [404, 'NoSuchBucket', StoreRefused, 'there is no such bucket'],
    [403, 'InvalidAccessKeyId', StoreRefused, 'AWS_ACCESS_KEY_ID'],
    [403, 'SignatureDoesNotMatch', StoreRefused, 'AWS_SECRET_ACCESS_KEY'],
    [400, 'ExpiredToken', StoreRefused, 'sign in again'],
    [400, 'KMS.DisabledException', StoreRefused, 'KMS key is disabled'],
    [400, 'KeyTooLongError', StoreRefused, '1,024 bytes'],
    [400, 'InvalidRequest', StoreRefused, "the bucket's settings"],
    [400, 'RequestTimeout', StoreUnavailable, 'try again later'],
    [409, 'OperationAborted', StoreUnavailable, 'try again later'],
    [503, 'ServiceUnavailable', StoreUnavailable, 'try again later'],
  ])('%i %s', async (status, code, named, remedy) => {
    process.env['AWS_MAX_ATTEMPTS'] = '1';
    s3.faults.push({ on: /^PUT/, refusal: { status, code } });

    const writing = store.write('runs/r1/run.json', '{}');

    await expect(writing).rejects.toThrow(named);
    await expect(writing).rejects.toThrow('s3://bucket/runs/r1/run.json');
    await expect(writing).rejects.toThrow(remedy);
  });

  test('a write that lost and may not look to whom names what to allow', async () => {
    await store.write('object', 'theirs');
    s3.faults.push({ on: /^HEAD/, refusal: { status: 403, code: 'AccessDenied' } });

    const writing = store.write('object', 'mine', { ifAbsent: true });

    await expect(writing).rejects.toThrow(StoreRefused);
    await expect(writing).rejects.toThrow('allow s3:GetObject');
  });

  test('nobody answers at the endpoint', async () => {
    process.env['AWS_ENDPOINT_URL'] = 'http://127.0.0.1:1';

    await expect(store.read('object')).rejects.toThrow(/The store can't use s3:\/\/bucket\/object \(.*ECONNREFUSED/);
  });

  test('an endpoint that takes the request and says nothing is left after a while', async () => {
    const client = new S3Client({
      forcePathStyle: true,
      maxAttempts: 1,
      requestHandler: { requestTimeout: 100, throwOnRequestTimeout: true },
    });
    s3.faults.push({ on: /^GET/, isSilent: true });

    const reading = s3Store({ bucket: 'bucket', client }).read('object');

    await expect(reading).rejects.toThrow(StoreUnavailable);
    await expect(reading).rejects.toThrow(/TimeoutError/);
  });
});
