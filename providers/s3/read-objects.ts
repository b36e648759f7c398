import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { InvalidInput } from '../../core/errors.ts';
import { translateError } from './translate-error.ts';

/** One object: its bytes as they arrive. Its name is the key below the prefix, or the whole URL where no prefix was given. */
export interface ReadableObject {
  readonly name: string;
  chunks(): AsyncIterable<Uint8Array>;
}

/**
 * The objects at an `s3://` URL: the one with this key, or where the URL ends with `/` every one below it, in the order of
 * their keys. Endpoint, region and credentials are what the AWS SDK finds in its environment. Throws InvalidInput,
 * StoreUnavailable.
 */
export async function* readObjects(url: string): AsyncIterable<ReadableObject> {
  const { bucket, key } = partsOf(url);
  const client = s3Client();
  const at = (objectKey: string) => () => chunksOf(client, bucket, objectKey);
  if (key !== '' && !key.endsWith('/')) {
    yield { name: url, chunks: at(key) };
    return;
  }
  for await (const found of keysBelow(client, bucket, key)) yield { name: found.slice(key.length), chunks: at(found) };
}

function partsOf(url: string): { bucket: string; key: string } {
  const [, bucket, key = ''] = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(.*))?$/s.exec(url) ?? [];
  if (bucket !== undefined && url !== `s3://${bucket}`) return { bucket, key };
  throw new InvalidInput(url, [
    'it is no S3 URL; write s3://bucket/key, or s3://bucket/prefix/ for all objects below it',
  ]);
}

/**
 * The bucket stands in the path, so that names with dots work, and endpoints that are not Amazon's; a bucket in another
 * region is followed there.
 */
function s3Client(): S3Client {
  return new S3Client({ forcePathStyle: true, followRegionRedirects: true });
}

async function* keysBelow(client: S3Client, Bucket: string, Prefix: string): AsyncIterable<string> {
  const url = `s3://${Bucket}/${Prefix}`;
  let page: string | undefined;
  do {
    const request = new ListObjectsV2Command({ Bucket, Prefix, ContinuationToken: page });
    const { Contents = [], NextContinuationToken } = await told(url, client.send(request));
    for (const { Key } of Contents) if (Key !== undefined) yield Key;
    page = NextContinuationToken;
  } while (page !== undefined);
}

async function* chunksOf(client: S3Client, Bucket: string, Key: string): AsyncIterable<Uint8Array> {
  const url = `s3://${Bucket}/${Key}`;
  const { Body } = await told(url, client.send(new GetObjectCommand({ Bucket, Key })));
  try {
    // In Node the body is a stream of Node.
    yield* (Body ?? []) as AsyncIterable<Uint8Array>;
  } catch (cause) {
    throw translateError(url, cause);
  }
}

async function told<T>(url: string, request: Promise<T>): Promise<T> {
  try {
    return await request;
  } catch (cause) {
    throw translateError(url, cause);
  }
}
