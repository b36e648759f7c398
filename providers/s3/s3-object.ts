import type { S3Client } from '@aws-sdk/client-s3';
import type { RatchetError } from '../../core/errors.ts';

/** One object of a bucket, whether it is there or not. */
export interface S3Object {
  readonly client: S3Client;
  readonly bucket: string;
  readonly key: string;
  /** What a failure of S3 means to whoever asked; `url` is what was asked for. */
  readonly translate: (url: string, cause: unknown) => RatchetError;
}

export function urlOf({ bucket, key }: Pick<S3Object, 'bucket' | 'key'>): string {
  return `s3://${bucket}/${key}`;
}

/** The names that S3 looks for in a request. */
export function named({ bucket, key }: S3Object): { readonly Bucket: string; readonly Key: string } {
  return { Bucket: bucket, Key: key };
}

/** Does one thing with S3; what goes wrong is told in the words of whoever asked. */
export async function onS3<T>(object: Omit<S3Object, 'client'>, request: Promise<T>): Promise<T> {
  try {
    return await request;
  } catch (cause) {
    throw object.translate(urlOf(object), cause);
  }
}

/** The version of an object in an answer of S3. */
export function etagIn(object: S3Object, { ETag }: { readonly ETag?: string | undefined }): string {
  if (ETag === undefined) throw object.translate(urlOf(object), new Error('S3 answered without an ETag'));
  return ETag;
}
