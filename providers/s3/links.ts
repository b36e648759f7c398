import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import type { Links } from '../../core/ports.ts';
import { s3Client } from './client.ts';

const MINUTES = 15;

/** Signs links with the credentials at hand; no request is sent. */
export function s3Links({
  bucket,
  now,
  client = s3Client(),
}: {
  readonly bucket: string;
  readonly now: () => Date;
  readonly client?: S3Client;
}): Links {
  return {
    async linkTo(key, contentType) {
      const at = now();
      const request = new GetObjectCommand({ Bucket: bucket, Key: key, ResponseContentType: contentType });
      const url = await getSignedUrl(client, request, { expiresIn: 60 * MINUTES, signingDate: at });
      return { url, expiresAt: new Date(at.getTime() + 60_000 * MINUTES) };
    },
  };
}
