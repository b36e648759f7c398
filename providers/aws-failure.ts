import { CredentialRefused, ProviderOverloaded, ProviderRejectedRequest, type RatchetError } from '../core/errors.ts';

/** By the SDK's names: what only a permission or a key can help. */
const refusals = new Set([
  'AccessDeniedException',
  'CredentialsProviderError',
  'ExpiredTokenException',
  'IncompleteSignature',
  'InvalidSignatureException',
  'KmsAccessDeniedException',
  'MissingAuthenticationTokenException',
  'NotAuthorized',
  'NotAuthorizedForSourceException',
  'UnrecognizedClientException',
]);
/** These pass, whatever their status says. */
const passing = new Set([
  'ExecutionLimitExceeded',
  'InternalException',
  'InternalFailure',
  'KmsThrottlingException',
  'RequestLimitExceeded',
  'ServiceUnavailable',
  'ThrottledException',
  'Throttling',
  'ThrottlingException',
  'TooManyRequestsException',
]);

export interface AwsFailure {
  /** The SDK's name of it, such as `ExecutionDoesNotExist`; '' where it has none. */
  readonly name: string;
  readonly message: string;
  /** Undefined where no answer came. */
  readonly status: number | undefined;
}

/** What an AWS client threw, by shape: errors of Node's own modules are no `instanceof Error` in a context of their own. */
export function awsFailure(cause: unknown): AwsFailure {
  if (typeof cause !== 'object' || cause === null) return { name: '', message: String(cause), status: undefined };
  const { name = '', message = '', $metadata } = cause as Partial<SdkError>;
  return { name, message, status: $metadata?.httpStatusCode };
}

interface SdkError {
  readonly name: string;
  readonly message: string;
  readonly $metadata: { readonly httpStatusCode?: number };
}

/** Whether it passes by itself: throttling, a service that is away, an answer that did not come. */
export function passesOf({ name, status }: AwsFailure): boolean {
  return passing.has(name) || status === undefined || status === 429 || status >= 500;
}

/** Whether its name alone says that it passes: one entry of several has no status of its own. */
export function passesByName(name: string): boolean {
  return passing.has(name);
}

/** A failure as the error that says what its reader can do. `told` says what could not be done, `allow` what to permit. */
export function errorOf(
  told: string,
  { failure, passes, allow }: { readonly failure: AwsFailure; readonly passes: boolean; readonly allow: string },
  cause?: unknown,
): RatchetError {
  const { name, message, status } = failure;
  const said = `${told} (${[name, message].filter(Boolean).join(': ')})`;
  if (refusals.has(name)) {
    return new CredentialRefused(`${said}: allow ${allow} to the function's role, or check the credentials.`, {
      cause,
    });
  }
  if (passes) return new ProviderOverloaded(`${said}: try again later.`, { cause, status });
  return new ProviderRejectedRequest(`${said}.`, { cause, status });
}
