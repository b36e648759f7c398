import { S3Client } from '@aws-sdk/client-s3';

/**
 * The bucket stands in the path, so that names with dots work, and endpoints that are not Amazon's; a bucket in another
 * region is followed there. Region, credentials and endpoint are what the AWS SDK finds in its environment.
 *
 * S3 answers in tenths of a second. 10 s of silence are a dead connection; an answer that has not begun after 60 s, with the
 * 8 MB of a part to send first, is none. The SDK sends twice more (its own default, which AWS_MAX_ATTEMPTS changes): that
 * gets past a lost connection within seconds. Who is away for longer is waited for by the steps (functions/call-record.ts,
 * lib/retries.ts); more tries here would only multiply with theirs.
 */
export function s3Client(): S3Client {
  return new S3Client({
    forcePathStyle: true,
    followRegionRedirects: true,
    // Without throwOnRequestTimeout the SDK only warns.
    requestHandler: {
      connectionTimeout: 3_000,
      socketTimeout: 10_000,
      requestTimeout: 60_000,
      throwOnRequestTimeout: true,
    },
  });
}
