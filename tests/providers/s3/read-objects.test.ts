import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { StoreUnavailable } from '../../../core/errors.ts';
import { readObjects } from '../../../providers/s3/read-objects.ts';
import { refusalOf } from '../../lib/loop-file/refusal.ts';
import { all } from '../store-moves.ts';
import { awsEnvironment, type Bucket, startS3 } from './s3-server.ts';

const environment = { ...process.env };
let s3: Awaited<ReturnType<typeof startS3>>;

async function open(buckets: Readonly<Record<string, Bucket>>): Promise<void> {
  s3 = await startS3(buckets);
  process.env['AWS_ENDPOINT_URL'] = s3.url;
}
beforeEach(() => {
  Object.assign(process.env, awsEnvironment, { AWS_MAX_ATTEMPTS: '1' });
});
afterEach(async () => {
  process.env = { ...environment };
  await s3.close();
});

async function read(url: string): Promise<Record<string, string>> {
  const texts: Record<string, string> = {};
  for await (const { name, chunks } of readObjects(url)) {
    texts[name] = Buffer.concat(await all(chunks())).toString();
  }
  return texts;
}

const objects = {
  'prompts/a.jsonl': 'one',
  'prompts/b & ü.csv': 'two',
  'prompts/day=1/c.jsonl': 'three',
  'prompts/day=1/d.jsonl': 'four',
  'prompts/e.jsonl': 'five',
  'prompts-of-others': 'six',
};

describe('objects at a URL', () => {
  test('a key is one object, called by its URL', async () => {
    await open({ bucket: { objects } });

    expect(await read('s3://bucket/prompts/b & ü.csv')).toEqual({ 's3://bucket/prompts/b & ü.csv': 'two' });
  });

  test('a prefix is every object below it, page by page, called by the rest of its key', async () => {
    await open({ bucket: { objects } });

    expect(Object.entries(await read('s3://bucket/prompts/'))).toEqual([
      ['a.jsonl', 'one'],
      ['b & ü.csv', 'two'],
      ['day=1/c.jsonl', 'three'],
      ['day=1/d.jsonl', 'four'],
      ['e.jsonl', 'five'],
    ]);
    expect(s3.requests.filter((request) => request.includes('list-type=2'))).toHaveLength(3);
  });

  test('a bucket with a slash is all that is in it', async () => {
    await open({ 'my.bucket': { objects: { a: '1', b: '2' } } });

    expect(await read('s3://my.bucket/')).toEqual({ a: '1', b: '2' });
  });

  test('a large object comes in pieces', async () => {
    await open({ bucket: { objects: { large: 'x'.repeat(5_000_000) } } });
    const [object] = await all(readObjects('s3://bucket/large'));

    const sizes = (await all(object!.chunks())).map(({ length }) => length);

    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(5_000_000);
    expect(Math.max(...sizes)).toBeLessThan(1_000_000);
  });
});

describe('what S3 refuses is told with the URL and what to do', () => {
  const refused = (code: string, status = 403) => ({ bucket: { objects, refusal: { status, code } } });

  test.each([
    ['s3://other/a', {}, 'there is no such bucket; check its name, and the account and the endpoint that are in use'],
    [
      's3://bucket/a',
      { bucket: { objects } },
      'there is no such object; check the key, or end it with / to read all objects below it',
    ],
    [
      's3://bucket/prompts/',
      refused('AccessDenied'),
      'access is denied; allow s3:GetObject on the object, and s3:ListBucket on the bucket for a prefix',
    ],
    [
      's3://bucket/a',
      refused('InvalidAccessKeyId'),
      'the AWS access key is not known; check AWS_ACCESS_KEY_ID, or the profile',
    ],
    [
      's3://bucket/a',
      refused('SignatureDoesNotMatch'),
      'the AWS secret key does not fit the access key; check AWS_SECRET_ACCESS_KEY, or the profile',
    ],
    ['s3://bucket/a', refused('ExpiredToken', 400), 'the AWS session has expired; sign in again'],
    ['s3://bucket/a', refused('InvalidObjectState'), 'the object is archived; restore it first'],
  ])('%s: %#', async (url, buckets, problem) => {
    await open(buckets);

    expect((await refusalOf(() => read(url))).problems).toEqual([problem]);
  });

  test.each(['s3://', 's3://bucket', 's3:///key', 's3://B/key', 's3://user@host/key'])('%s is no URL', async (url) => {
    await open({});

    expect((await refusalOf(() => read(url))).problems).toEqual([
      'it is no S3 URL; write s3://bucket/key, or s3://bucket/prefix/ for all objects below it',
    ]);
    expect(s3.requests).toEqual([]);
  });

  test('no credentials', async () => {
    await open({ bucket: { objects } });
    delete process.env['AWS_ACCESS_KEY_ID'];

    expect((await refusalOf(() => read('s3://bucket/a'))).problems).toEqual([
      'no AWS credentials were found; set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY',
    ]);
  });

  test('no region', async () => {
    await open({ bucket: { objects } });
    delete process.env['AWS_REGION'];

    expect((await refusalOf(() => read('s3://bucket/a'))).problems).toEqual(['no AWS region is set; set AWS_REGION']);
  });
});

describe('what passes is no fault of the user', () => {
  test('S3 is busy', async () => {
    await open({ bucket: { objects, refusal: { status: 503, code: 'SlowDown' } } });

    await expect(read('s3://bucket/a')).rejects.toThrow(StoreUnavailable);
    await expect(read('s3://bucket/a')).rejects.toThrow(
      's3://bucket/a could not be read (SlowDown: No.); try again later.',
    );
  });

  test('a connection that breaks in the middle of an object is taken up where it broke', async () => {
    const text = Array.from({ length: 20_000 }, (_, n) => n).join(',');
    await open({ bucket: { objects: { a: text }, cutAfter: 50_000 } });

    expect(await read('s3://bucket/a')).toEqual({ 's3://bucket/a': text });
  });

  test('a connection that brings nothing more is never the end of an object', async () => {
    await open({ bucket: { objects: { a: 'x'.repeat(100_000) }, cutAfter: 0 } });

    await expect(read('s3://bucket/a')).rejects.toThrow(StoreUnavailable);
  });

  test('nobody answers', async () => {
    await open({});
    process.env['AWS_ENDPOINT_URL'] = 'http://127.0.0.1:1';

    await expect(read('s3://bucket/a')).rejects.toThrow(/s3:\/\/bucket\/a could not be read \(.*ECONNREFUSED/);
  });
});
