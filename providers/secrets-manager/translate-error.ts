import { CredentialRefused, ProviderOverloaded, type RatchetError } from '../../core/errors.ts';
import { secretName } from './secret-name.ts';

const ALLOW = "access is denied. Allow the function's role secretsmanager:GetSecretValue on it";
const DECRYPT =
  'it can not be decrypted. Allow the role kms:Decrypt on its KMS key, and check that the key is enabled.';
const SIGN_IN = 'the AWS credentials are missing, wrong or expired. Sign in again, or check AWS_PROFILE.';

/**
 * What can be done about the failures that waiting does not help; by the names of GetSecretValue's errors
 * (docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html) and the SDK's own.
 */
const remedies: Readonly<Record<string, string>> = {
  ResourceNotFoundException:
    'there is no such secret, or it has no value yet. Give it the key as its value, or name another secret and deploy again.',
  AccessDeniedException: `${ALLOW}, and kms:Decrypt where it has a KMS key of its own.`,
  DecryptionFailure: DECRYPT,
  InvalidRequestException: 'it is marked for deletion. Restore it, or name another secret and deploy again.',
  InvalidParameterException: 'it has no valid ARN or name. Correct it and deploy again.',
  ValidationException: 'it has no valid ARN or name. Correct it and deploy again.',
  CredentialsProviderError: SIGN_IN,
  UnrecognizedClientException: SIGN_IN,
  InvalidSignatureException: SIGN_IN,
  ExpiredTokenException: SIGN_IN,
};

/** A failure of Secrets Manager as the error that says what its reader can do. */
export function translateError(id: string, variable: string, cause: unknown): RatchetError {
  const { name, message } = isErrorLike(cause) ? cause : { name: '', message: String(cause) };
  const remedy = /region is missing/i.test(message) ? 'no AWS region is set. Set AWS_REGION.' : remedies[name];
  const what = `The key ${variable} could not be read from the secret ${secretName(id)}:`;
  if (remedy !== undefined) return new CredentialRefused(`${what} ${remedy}`, { cause });
  const wait = 'It is tried again; in a VPC, check that there is a way to Secrets Manager.';
  return new ProviderOverloaded(`${what} Secrets Manager does not answer as it should (${name}: ${message}). ${wait}`, {
    cause,
  });
}

/** By shape: errors of Node's own modules are no `instanceof Error` where the code runs in a context of its own. */
function isErrorLike(value: unknown): value is { readonly name: string; readonly message: string } {
  return typeof value === 'object' && value !== null && 'name' in value && 'message' in value;
}
