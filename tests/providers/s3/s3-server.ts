import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a bucket holds, by key; and what goes wrong on purpose. */
export interface Bucket {
  readonly objects: Readonly<Record<string, string>>;
  /** S3's answer to every request, instead of the objects. */
  readonly refusal?: { readonly status: number; readonly code: string };
  /** A body ends after so many bytes, and the connection with it. */
  readonly cutAfter?: number;
}

/** So much of S3's REST wire as reading needs: GetObject and ListObjectsV2, path-style, two keys a page. On loopback. */
export async function startS3(buckets: Readonly<Record<string, Bucket>>) {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    answer(buckets, request, response);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    async close(): Promise<void> {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}

const KEYS_A_PAGE = 2;

function answer(buckets: Readonly<Record<string, Bucket>>, request: IncomingMessage, response: ServerResponse) {
  const { pathname, searchParams } = new URL(request.url ?? '', 'http://s3');
  const [, name = '', ...rest] = pathname.split('/').map(decodeURIComponent);
  const bucket = buckets[name];
  if (!bucket) return fail(response, 404, 'NoSuchBucket');
  if (bucket.refusal) return fail(response, bucket.refusal.status, bucket.refusal.code);
  if (searchParams.get('list-type') === '2') return list(bucket, searchParams, response);
  const body = bucket.objects[rest.join('/')];
  if (body === undefined) return fail(response, 404, 'NoSuchKey');
  response.setHeader('content-length', Buffer.byteLength(body));
  if (bucket.cutAfter === undefined) response.end(body);
  else response.write(body.slice(0, bucket.cutAfter), () => response.destroy());
}

function list({ objects }: Bucket, query: URLSearchParams, response: ServerResponse): void {
  const keys = Object.keys(objects)
    .filter((key) => key.startsWith(query.get('prefix') ?? ''))
    .sort();
  const start = Number(query.get('continuation-token') ?? 0);
  const page = keys.slice(start, start + KEYS_A_PAGE);
  const next = start + KEYS_A_PAGE;
  const more = next < keys.length ? `<NextContinuationToken>${next}</NextContinuationToken>` : '';
  const contents = page.map((key) => `<Contents><Key>${key.replaceAll('&', '&amp;')}</Key></Contents>`).join('');
  response.setHeader('content-type', 'application/xml');
  response.end(
    `<?xml version="1.0"?><ListBucketResult><IsTruncated>${more !== ''}</IsTruncated>${more}${contents}</ListBucketResult>`,
  );
}

function fail(response: ServerResponse, status: number, code: string): void {
  response.writeHead(status, { 'content-type': 'application/xml' });
  response.end(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>No.</Message></Error>`);
}
