import { createHash, randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { crc32 } from 'node:zlib';

interface Held {
  readonly bytes: Buffer;
  readonly etag: string;
  /** `content-type`, and whatever begins with `x-amz-meta-` or `x-amz-checksum-`. */
  readonly headers: Readonly<Record<string, string>>;
}
/** What is in a bucket: look into it, plant in it. */
export interface BucketState {
  readonly objects: Map<string, Held>;
  /** Uploads that are neither completed nor aborted, by id. */
  readonly uploads: Map<string, { readonly headers: Held['headers']; readonly parts: Map<number, Held> }>;
}
export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

const KEYS_A_PAGE = 2;
const SMALLEST_PART = 5 * 1024 * 1024;

export function bucketState(objects: Readonly<Record<string, string>>): BucketState {
  return {
    objects: new Map(Object.entries(objects).map(([key, text]) => [key, held(Buffer.from(text))])),
    uploads: new Map(),
  };
}

export function held(bytes: Buffer, headers: Held['headers'] = {}): Held {
  return { bytes, etag: `"${createHash('md5').update(bytes).digest('hex')}"`, headers };
}

export function answerOf(bucket: BucketState | undefined, request: IncomingMessage, body: Buffer): Answer {
  if (!bucket) return refused(404, 'NoSuchBucket');
  const { pathname, searchParams: query } = new URL(request.url ?? '', 'http://s3');
  const key = pathname.split('/').slice(2).map(decodeURIComponent).join('/');
  const upload = query.get('uploadId');
  const asked = { bucket, key, query, headers: request.headers, body };
  switch (`${request.method} ${query.has('uploads') ? 'uploads' : upload === null ? 'object' : 'upload'}`) {
    case 'GET object':
      return query.get('list-type') === '2' ? list(asked) : get(asked);
    case 'HEAD object':
      return get(asked);
    case 'PUT object':
      return put(asked);
    case 'DELETE object':
      bucket.objects.delete(key);
      return { status: 204 };
    case 'POST uploads':
      return begin(asked);
    case 'PUT upload':
      return addPart(asked, upload!);
    case 'POST upload':
      return complete(asked, upload!);
    case 'DELETE upload':
      return bucket.uploads.delete(upload!) ? { status: 204 } : refused(404, 'NoSuchUpload');
    default:
      return refused(405, 'MethodNotAllowed');
  }
}

interface Asked {
  readonly bucket: BucketState;
  readonly key: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

function get({ bucket, key, headers }: Asked): Answer {
  const found = bucket.objects.get(key);
  if (!found) return refused(404, 'NoSuchKey');
  if (headers['if-match'] !== undefined && headers['if-match'] !== found.etag)
    return refused(412, 'PreconditionFailed');
  const about = { etag: found.etag, 'accept-ranges': 'bytes' };
  const [, start] = /^bytes=(\d+)-$/.exec(headers.range ?? '') ?? [];
  if (start === undefined) return { status: 200, headers: { ...about, ...found.headers }, body: found.bytes };
  const { length } = found.bytes;
  if (Number(start) >= length) return refused(416, 'InvalidRange');
  const range = { 'content-range': `bytes ${start}-${length - 1}/${length}` };
  return { status: 206, headers: { ...about, ...range }, body: found.bytes.subarray(Number(start)) };
}

function put({ bucket, key, headers, body }: Asked): Answer {
  if (isDamaged(headers, body)) return refused(400, 'BadDigest');
  const conflict = conflictIn(bucket.objects.get(key), headers);
  if (conflict) return conflict;
  const object = held(body, kept(headers));
  bucket.objects.set(key, object);
  return { status: 200, headers: { etag: object.etag } };
}

/** Amazon S3 User Guide, "How to prevent object overwrites with conditional writes". */
function conflictIn(current: Held | undefined, headers: IncomingHttpHeaders): Answer | undefined {
  if (headers['if-none-match'] === '*' && current) return refused(412, 'PreconditionFailed');
  if (headers['if-match'] === undefined) return undefined;
  if (!current) return refused(404, 'NoSuchKey');
  return headers['if-match'] === current.etag ? undefined : refused(412, 'PreconditionFailed');
}

function begin({ bucket, key, headers }: Asked): Answer {
  const id = randomUUID();
  bucket.uploads.set(id, { headers: kept(headers), parts: new Map() });
  return xml(
    `<InitiateMultipartUploadResult><Key>${key}</Key><UploadId>${id}</UploadId></InitiateMultipartUploadResult>`,
  );
}

function addPart({ bucket, query, headers, body }: Asked, id: string): Answer {
  const upload = bucket.uploads.get(id);
  if (!upload) return refused(404, 'NoSuchUpload');
  if (isDamaged(headers, body)) return refused(400, 'BadDigest');
  const part = held(body, kept(headers));
  upload.parts.set(Number(query.get('partNumber')), part);
  return { status: 200, headers: { etag: part.etag, ...part.headers } };
}

/** The parts must be named in their order, each with the ETag and the checksum that it got; all but the last 5 MiB or more. */
function complete({ bucket, key, headers, body }: Asked, id: string): Answer {
  const upload = bucket.uploads.get(id);
  if (!upload) return refused(404, 'NoSuchUpload');
  const conflict = conflictIn(bucket.objects.get(key), headers);
  if (conflict) return conflict;
  const named = [...body.toString().matchAll(/<Part>(.*?)<\/Part>/gs)].map(([, part = '']) => ({
    number: Number(inside(part, 'PartNumber')),
    etag: inside(part, 'ETag')?.replaceAll('&quot;', '"'),
    crc32: inside(part, 'ChecksumCRC32'),
  }));
  const parts = named.map(({ number }) => upload.parts.get(number));
  const isRight = named.every(({ number, etag, crc32: crc }, index) => {
    const part = parts[index];
    return number === index + 1 && part?.etag === etag && part?.headers['x-amz-checksum-crc32'] === crc;
  });
  if (!isRight || parts.length === 0) return refused(400, 'InvalidPart');
  if (parts.slice(0, -1).some((part) => part!.bytes.length < SMALLEST_PART)) return refused(400, 'EntityTooSmall');
  const whole = held(Buffer.concat(parts.map((part) => part!.bytes)), upload.headers);
  const object = { ...whole, etag: `${whole.etag.slice(0, -1)}-${parts.length}"` };
  bucket.objects.set(key, object);
  bucket.uploads.delete(id);
  return xml(
    `<CompleteMultipartUploadResult><ETag>${object.etag.replaceAll('"', '&quot;')}</ETag></CompleteMultipartUploadResult>`,
  );
}

function list({ bucket, query }: Asked): Answer {
  const keys = [...bucket.objects.keys()]
    .filter((key) => key.startsWith(query.get('prefix') ?? ''))
    .sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  const start = Number(query.get('continuation-token') ?? 0);
  const next = start + KEYS_A_PAGE;
  const more = next < keys.length ? `<NextContinuationToken>${next}</NextContinuationToken>` : '';
  const contents = keys
    .slice(start, next)
    .map((key) => `<Contents><Key>${key.replaceAll('&', '&amp;')}</Key></Contents>`)
    .join('');
  return xml(`<ListBucketResult><IsTruncated>${more !== ''}</IsTruncated>${more}${contents}</ListBucketResult>`);
}

export function refused(status: number, code: string): Answer {
  return { ...xml(`<Error><Code>${code}</Code><Message>No.</Message></Error>`), status };
}

function xml(body: string): Answer {
  return { status: 200, headers: { 'content-type': 'application/xml' }, body: `<?xml version="1.0"?>${body}` };
}

function isDamaged(headers: IncomingHttpHeaders, body: Buffer): boolean {
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(body));
  return headers['x-amz-checksum-crc32'] !== sum.toString('base64');
}

function kept(headers: IncomingHttpHeaders): Held['headers'] {
  const isKept = (name: string) => name === 'content-type' || /^x-amz-(meta-|checksum-crc32)/.test(name);
  return Object.fromEntries(Object.entries(headers).filter(([name]) => isKept(name))) as Held['headers'];
}

function inside(text: string, element: string): string | undefined {
  return new RegExp(`<${element}>(.*?)</${element}>`).exec(text)?.[1];
}
