/**
 * US dollars, list prices of us-east-1 without free tier and discounts, as known on 2026-11-25. Check them before you rely
 * on them: https://aws.amazon.com/pricing/
 */
export const prices = {
  /** Step Functions, Standard: a state transition. */
  transition: 0.025 / 1_000,
  /** Lambda on arm64. */
  invocation: 0.2 / 1e6,
  gigabyteSecond: 0.0000133334,
  /** S3 Standard: PUT, COPY, POST and LIST; GET and HEAD. DELETE is free. */
  s3Put: 0.005 / 1_000,
  s3Get: 0.0004 / 1_000,
  /** CloudWatch Logs, ingestion. */
  logGigabyte: 0.5,
  /** X-Ray, a trace that is recorded. */
  trace: 5 / 1e6,
  /** S3 Standard, a month. */
  storedGigabyteMonth: 0.023,
} as const;
