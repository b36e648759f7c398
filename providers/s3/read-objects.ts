import { InvalidInput } from '../../core/errors.ts';
import { s3Client } from './client.ts';
import { keysBelow } from './keys-below.ts';
import { openObject } from './open-object.ts';
import { type S3Object, urlOf } from './s3-object.ts';
import { NO_SUCH_OBJECT, translateError } from './translate-error.ts';

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
  const place = { ...partsOf(url), client: s3Client(), translate: translateError };
  if (place.key !== '' && !place.key.endsWith('/')) {
    yield { name: url, chunks: () => chunksOf(place) };
    return;
  }
  for await (const key of keysBelow(place)) {
    yield { name: key.slice(place.key.length), chunks: () => chunksOf({ ...place, key }) };
  }
}

function partsOf(url: string): { bucket: string; key: string } {
  const [, bucket, key = ''] = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(.*))?$/s.exec(url) ?? [];
  if (bucket !== undefined && url !== `s3://${bucket}`) return { bucket, key };
  throw new InvalidInput(url, [
    'it is no S3 URL; write s3://bucket/key, or s3://bucket/prefix/ for all objects below it',
  ]);
}

async function* chunksOf(object: S3Object): AsyncIterable<Uint8Array> {
  const opened = await openObject(object);
  if (!opened) throw new InvalidInput(urlOf(object), [NO_SUCH_OBJECT]);
  yield* opened.chunks;
}
