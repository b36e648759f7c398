import { Duration } from 'aws-cdk-lib';
import { JitterType, type RetryProps } from 'aws-cdk-lib/aws-stepfunctions';

/**
 * Which failures are tried again, by name (docs/errors.md), and for how long in all. Single model calls are retried
 * inside a step for up to a minute and a half already; these retries are for endpoints and stores that stay away for longer.
 */
export const retries: readonly RetryProps[] = [
  {
    // Lambda has no room for it yet. The account's concurrency is used up, often by something else; or the function, in a
    // VPC, was not called for weeks and is inactive at first: it gets its network again, which takes minutes. 5 s · 1.5ⁿ, at
    // most 60 s apart, 30 tries: 161 + 23 · 60 s ≈ 26 min at most, half of it on average.
    errors: [
      'Lambda.TooManyRequestsException',
      'Lambda.ResourceNotReadyException',
      'Lambda.ResourceConflictException',
      'Lambda.ENINotReadyException',
      'Lambda.ENILimitReachedException',
      'Lambda.SubnetIPAddressLimitReachedException',
      'Lambda.EC2ThrottledException',
    ],
    interval: Duration.seconds(5),
    backoffRate: 1.5,
    maxDelay: Duration.seconds(60),
    maxAttempts: 30,
    jitterStrategy: JitterType.FULL,
  },
  {
    // 30 s · 2ⁿ, at most 5 min apart, 8 tries: 30 + 60 + 120 + 240 + 4 · 300 s ≈ 28 min at most, half of it on
    // average: longer than most outages and rate windows.
    errors: ['ProviderOverloaded', 'StoreUnavailable'],
    interval: Duration.seconds(30),
    backoffRate: 2,
    maxDelay: Duration.minutes(5),
    maxAttempts: 8,
    jitterStrategy: JitterType.FULL,
  },
  {
    // Two workers met on one object: the loser looks again. 1 + 2 + 4 s = 7 s.
    errors: ['WriteConflict'],
    interval: Duration.seconds(1),
    backoffRate: 2,
    maxAttempts: 3,
    jitterStrategy: JitterType.FULL,
  },
  {
    // Lambda's own failures, as its service guide asks for. 2 · 2ⁿ s, 6 tries ≈ 2 min. A function that ran out of time or
    // memory is among them, by the names of newer runtimes and as Lambda.Unknown: its next life makes no recorded call again.
    errors: [
      'Lambda.ServiceException',
      'Lambda.AWSLambdaException',
      'Lambda.SdkClientException',
      'Lambda.ClientExecutionTimeoutException',
      'Lambda.Unknown',
      'Sandbox.Timedout',
      'Runtime.ExitError',
      'Runtime.OutOfMemory',
      'States.Timeout',
    ],
    interval: Duration.seconds(2),
    backoffRate: 2,
    maxAttempts: 6,
    jitterStrategy: JitterType.FULL,
  },
];
