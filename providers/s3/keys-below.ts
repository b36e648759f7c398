import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import { onS3, type S3Object } from './s3-object.ts';

/** The keys that begin with a prefix, page by page, in the order of their bytes. The prefix is the key of `below`. */
export async function* keysBelow(below: S3Object): AsyncIterable<string> {
  let page: string | undefined;
  do {
    const request = new ListObjectsV2Command({ Bucket: below.bucket, Prefix: below.key, ContinuationToken: page });
    const { Contents = [], NextContinuationToken } = await onS3(below, below.client.send(request));
    for (const { Key } of Contents) if (Key !== undefined) yield Key;
    page = NextContinuationToken;
  } while (page !== undefined);
}
