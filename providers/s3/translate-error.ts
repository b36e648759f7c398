import { InvalidInput, type RatchetError, StoreUnavailable } from '../../core/errors.ts';

/** What can be done about the failures of S3 that waiting does not help; by the SDK's names. */
const remedies: Readonly<Record<string, string>> = {
  NoSuchBucket: 'there is no such bucket; check its name, and the account and the endpoint that are in use',
  NoSuchKey: 'there is no such object; check the key, or end it with / to read all objects below it',
  NotFound: 'there is no such object; check the key, or end it with / to read all objects below it',
  AccessDenied: 'access is denied; allow s3:GetObject on the object, and s3:ListBucket on the bucket for a prefix',
  Forbidden: 'access is denied; allow s3:GetObject on the object, and s3:ListBucket on the bucket for a prefix',
  CredentialsProviderError:
    'no AWS credentials were found; set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY',
  InvalidAccessKeyId: 'the AWS access key is not known; check AWS_ACCESS_KEY_ID, or the profile',
  SignatureDoesNotMatch: 'the AWS secret key does not fit the access key; check AWS_SECRET_ACCESS_KEY, or the profile',
  ExpiredToken: 'the AWS session has expired; sign in again',
  TokenRefreshRequired: 'the AWS session has expired; sign in again',
  InvalidObjectState: 'the object is archived; restore it first',
};

/** A failure of S3 as the error that says what its reader can do. `url` is what was asked for. */
export function translateError(url: string, cause: unknown): RatchetError {
  const { name, message } = isErrorLike(cause) ? cause : { name: '', message: String(cause) };
  const remedy =
    remedies[name] ?? (/region is missing/i.test(message) ? 'no AWS region is set; set AWS_REGION' : undefined);
  if (remedy !== undefined) return new InvalidInput(url, [remedy], { cause });
  return new StoreUnavailable(
    `${url} could not be read (${[name, message].filter(Boolean).join(': ')}); try again later.`,
    {
      cause,
    },
  );
}

/** By shape: errors of Node's own modules are no `instanceof Error` where the code runs in a context of its own. */
function isErrorLike(value: unknown): value is { readonly name: string; readonly message: string } {
  return typeof value === 'object' && value !== null && 'name' in value && 'message' in value;
}
