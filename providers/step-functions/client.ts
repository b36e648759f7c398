import { SFNClient } from '@aws-sdk/client-sfn';

/**
 * Region, credentials and endpoint are what the AWS SDK finds in its environment. Step Functions answers in tenths of a
 * second, and an API call waits 29 s for its function: three tries of 5 s fit. The SDK's own waits between them are short.
 */
export function sfnClient(): SFNClient {
  return new SFNClient({
    maxAttempts: 3,
    // Without throwOnRequestTimeout the SDK only warns.
    requestHandler: { connectionTimeout: 2_000, requestTimeout: 5_000, throwOnRequestTimeout: true },
  });
}
