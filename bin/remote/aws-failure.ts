import { CredentialRefused, InvalidInput, ProviderOverloaded, type RatchetError } from '../../core/errors.ts';

const signIn =
  'set AWS_PROFILE, or sign in (aws sso login, aws login), or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY';

/** What can be done about the failures of AWS that waiting does not help; by the names of its SDK and its APIs. */
const remedies: Readonly<Record<string, string>> = {
  CredentialsProviderError: `no AWS credentials were found; ${signIn}`,
  TokenProviderError: `the AWS session has ended; ${signIn}`,
  ExpiredToken: `the AWS session has expired; ${signIn}`,
  ExpiredTokenException: `the AWS session has expired; ${signIn}`,
  InvalidClientTokenId: 'the AWS access key is not known; check AWS_ACCESS_KEY_ID, or the profile',
  UnrecognizedClientException: 'the AWS access key is not known; check AWS_ACCESS_KEY_ID, or the profile',
  SignatureDoesNotMatch: 'the AWS secret key does not fit the access key, or the clock of this machine is wrong',
  InvalidSignatureException: 'the AWS secret key does not fit the access key, or the clock of this machine is wrong',
};

/** A failure of AWS, or on the way to it, as the error that says what its reader can do. `doing` completes "can't". */
export function awsFailure(doing: string, permission: string, cause: unknown): RatchetError {
  const { name, message } = cause as Error;
  const told = `Ratchet can't ${doing} (${[name, message].filter(Boolean).join(': ')})`;
  if (/region is missing/i.test(message)) {
    return new InvalidInput('The command', ['no AWS region is set; set AWS_REGION, or name one in the profile'], {
      cause,
    });
  }
  const remedy = remedies[name] ?? (/^AccessDenied/.test(name) ? `allow ${permission}` : undefined);
  if (remedy !== undefined) return new CredentialRefused(`${told}: ${remedy}.`, { cause });
  return new ProviderOverloaded(`${told}: try again later.`, { cause });
}
