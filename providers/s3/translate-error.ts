import { InvalidInput, type RatchetError, StoreRefused, StoreUnavailable } from '../../core/errors.ts';

export const NO_SUCH_OBJECT = 'there is no such object; check the key, or end it with / to read all objects below it';
const ACCESS_TO_READ =
  'access is denied; allow s3:GetObject on the object, and s3:ListBucket on the bucket for a prefix';
/** Without s3:ListBucket, S3 says of an object that is not there that access to it is denied. */
const ACCESS_TO_STORE =
  'access is denied; allow s3:GetObject, s3:PutObject, s3:DeleteObject and s3:AbortMultipartUpload on its objects, s3:ListBucket on the bucket, and kms:Decrypt and kms:GenerateDataKey on its key if it has one';

/** What can be done about the failures of S3 that waiting does not help; by the SDK's names. */
const remedies: Readonly<Record<string, string>> = {
  NoSuchBucket: 'there is no such bucket; check its name, and the account and the endpoint that are in use',
  CredentialsProviderError:
    'no AWS credentials were found; set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY',
  InvalidAccessKeyId: 'the AWS access key is not known; check AWS_ACCESS_KEY_ID, or the profile',
  SignatureDoesNotMatch: 'the AWS secret key does not fit the access key; check AWS_SECRET_ACCESS_KEY, or the profile',
  RequestTimeTooSkewed: "the clock of this machine is wrong; set it, or S3 takes none of this machine's requests",
  ExpiredToken: 'the AWS session has expired; sign in again',
  TokenRefreshRequired: 'the AWS session has expired; sign in again',
  InvalidObjectState: 'the object is archived; restore it first',
};
const readRemedies: Readonly<Record<string, string>> = {
  ...remedies,
  AccessDenied: ACCESS_TO_READ,
  Forbidden: ACCESS_TO_READ,
};
const storeRemedies: Readonly<Record<string, string>> = {
  ...remedies,
  KeyTooLongError: 'a key has at most 1,024 bytes; choose shorter names, or a shorter prefix',
  'KMS.DisabledException': "the bucket's KMS key is disabled; enable it",
  'KMS.KMSInvalidStateException': "the bucket's KMS key can't be used; cancel its deletion, or enable it",
  'KMS.NotFoundException': "the bucket's KMS key is gone; give the bucket another",
};
/** What these tell passes, though their status says that the request is wrong. The first two come while reading is taken up again. */
const passing: Readonly<Record<string, string>> = {
  PreconditionFailed: 'it was replaced while it was read; try again',
  NoSuchKey: 'it was deleted while it was read; try again',
  NoSuchUpload: 'its upload was taken away while it was written; try again',
  RequestTimeout: 'the connection is slow; try again later',
  BadDigest: 'it was damaged on its way; try again',
};

/** A failure to read what the user named, as the error that says what its reader can do. `url` is what was asked for. */
export function translateError(url: string, cause: unknown): RatchetError {
  const remedy = remedyIn(readRemedies, cause);
  if (remedy !== undefined) return new InvalidInput(url, [remedy], { cause });
  return new StoreUnavailable(`${url} could not be read (${described(cause)}); try again later.`, { cause });
}

/** A failure of the store: StoreRefused where somebody has to do something first, else StoreUnavailable. */
export function storeFailure(url: string, cause: unknown): StoreUnavailable | StoreRefused {
  const what = `The store can't use ${url} (${described(cause)})`;
  const hope = passing[seen(cause).name];
  if (hope !== undefined) return new StoreUnavailable(`${what}: ${hope}.`, { cause });
  const remedy = remedyIn(storeRemedies, cause) ?? remedyByStatus(seen(cause).status);
  if (remedy !== undefined) return new StoreRefused(`${what}: ${remedy}; then resume the run.`, { cause });
  return new StoreUnavailable(`${what}: try again later.`, { cause });
}

/** The SDK's name of a failure, such as `NoSuchKey`; '' where it has none. */
export function nameOf(cause: unknown): string {
  return seen(cause).name;
}

function remedyIn(known: Readonly<Record<string, string>>, cause: unknown): string | undefined {
  const { name, message } = seen(cause);
  return known[name] ?? (/region is missing/i.test(message) ? 'no AWS region is set; set AWS_REGION' : undefined);
}

/** 408, 409 and 429 ask to wait, and so do 5xx; any other refusal stays. Answers to HEAD have a status and no name. */
function remedyByStatus(status: number | undefined): string | undefined {
  if (status === undefined || status < 400 || status >= 500 || [408, 409, 429].includes(status)) return undefined;
  if (status === 401 || status === 403) return ACCESS_TO_STORE;
  return "S3 does not take such a request; check the bucket's settings and the endpoint";
}

function described(cause: unknown): string {
  const { name, message } = seen(cause);
  return [name, message].filter(Boolean).join(': ');
}

/** By shape: errors of Node's own modules are no `instanceof Error` where the code runs in a context of its own. */
function seen(cause: unknown): { readonly name: string; readonly message: string; readonly status?: number } {
  if (typeof cause !== 'object' || cause === null) return { name: '', message: String(cause) };
  const { name, message, $metadata } = cause as Partial<SdkError>;
  const status = $metadata?.httpStatusCode;
  return { name: name ?? '', message: message ?? '', ...(status !== undefined && { status }) };
}

interface SdkError {
  readonly name: string;
  readonly message: string;
  readonly $metadata: { readonly httpStatusCode?: number };
}
