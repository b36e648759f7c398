import {
  CredentialRefused,
  ProviderOverloaded,
  ProviderRejectedRequest,
  type RatchetError,
} from '../../core/errors.ts';

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
  'UnrecognizedClientException',
]);
/** These pass, whatever their status says. */
const passing = new Set([
  'ExecutionLimitExceeded',
  'KmsThrottlingException',
  'RequestLimitExceeded',
  'ServiceUnavailable',
  'ThrottledException',
  'Throttling',
  'ThrottlingException',
  'TooManyRequestsException',
]);

/** A failure of Step Functions, as the error that says what its reader can do. `what` is what was asked of it. */
export function translateError(what: string, cause: unknown): RatchetError {
  const { name, message, status } = seen(cause);
  const told = `Step Functions could not ${what} (${[name, message].filter(Boolean).join(': ')})`;
  if (refusals.has(name)) {
    return new CredentialRefused(`${told}: allow it to the function's role, or check the credentials.`, { cause });
  }
  const passes = passing.has(name) || status === undefined || status === 429 || status >= 500;
  if (passes) return new ProviderOverloaded(`${told}: try again later.`, { cause, status });
  return new ProviderRejectedRequest(`${told}.`, { cause, status });
}

/** The SDK's name of a failure, such as `ExecutionDoesNotExist`; '' where it has none. */
export function nameOf(cause: unknown): string {
  return seen(cause).name;
}

/** By shape: errors of Node's own modules are no `instanceof Error` where the code runs in a context of its own. */
function seen(cause: unknown): { name: string; message: string; status: number | undefined } {
  if (typeof cause !== 'object' || cause === null) return { name: '', message: String(cause), status: undefined };
  const { name = '', message = '', $metadata } = cause as Partial<SdkError>;
  return { name, message, status: $metadata?.httpStatusCode };
}

interface SdkError {
  readonly name: string;
  readonly message: string;
  readonly $metadata: { readonly httpStatusCode?: number };
}
