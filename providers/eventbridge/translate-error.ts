import type { PutEventsResultEntry } from '@aws-sdk/client-eventbridge';
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
  'MissingAuthenticationTokenException',
  'NotAuthorized',
  'NotAuthorizedForSourceException',
  'UnrecognizedClientException',
]);
/** These pass. Entries have names of their own for them, and no status. */
const passing = new Set([
  'InternalException',
  'InternalFailure',
  'ServiceUnavailable',
  'Throttling',
  'ThrottlingException',
  'TooManyRequestsException',
]);

/** A failure of EventBridge, as the error that says what its reader can do. `what` is what was asked of it. */
export function translateError(what: string, cause: unknown): RatchetError {
  const { name, message, status } = seen(cause);
  const passes = passing.has(name) || status === undefined || status === 429 || status >= 500;
  return failure(what, { name, message, status, passes: passes && !refusals.has(name) }, cause);
}

/** An event that was not taken, in a request that was. */
export function entryFailure(
  what: string,
  { ErrorCode: name = '', ErrorMessage: message = '' }: PutEventsResultEntry,
): RatchetError {
  return failure(what, { name, message, status: undefined, passes: passing.has(name) }, undefined);
}

interface Failed {
  readonly name: string;
  readonly message: string;
  readonly status: number | undefined;
  readonly passes: boolean;
}

function failure(what: string, { name, message, status, passes }: Failed, cause: unknown): RatchetError {
  const told = `EventBridge could not ${what} (${[name, message].filter(Boolean).join(': ')})`;
  if (refusals.has(name)) {
    return new CredentialRefused(`${told}: allow events:PutEvents to the function's role, or check the credentials.`, {
      cause,
    });
  }
  if (passes) return new ProviderOverloaded(`${told}: try again later.`, { cause, status });
  return new ProviderRejectedRequest(`${told}.`, { cause, status });
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
