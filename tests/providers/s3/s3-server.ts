import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { type Answer, answerOf, type BucketState, bucketState, refused } from './s3-bucket.ts';

/** What a bucket holds at first, by key; and what goes wrong on purpose. */
export interface Bucket {
  readonly objects: Readonly<Record<string, string>>;
  /** S3's answer to every request, instead of the objects. */
  readonly refusal?: { readonly status: number; readonly code: string };
  /** A body ends after so many bytes, and the connection with it. */
  readonly cutAfter?: number;
}

/** What befalls one request, the next whose `METHOD /path?query` fits; then it is over. */
export interface Fault {
  readonly on: RegExp;
  /** Nothing is done, and this is said. */
  readonly refusal?: { readonly status: number; readonly code: string };
  /** All is done, and the connection breaks before a word is said of it. */
  readonly losesAnswer?: true;
  /** The connection breaks after so many bytes of the body. */
  readonly cutAfter?: number;
  /** Something else happens first. */
  readonly first?: (bucket: BucketState) => void;
  /** The whole object is sent, whatever part of it was asked for. */
  readonly ignoresRange?: true;
  /** Nothing is said, for ever. */
  readonly isSilent?: true;
}

/** Everything that the SDK may find out about this machine is switched off. */
export const awsEnvironment = {
  AWS_ACCESS_KEY_ID: 'key',
  AWS_SECRET_ACCESS_KEY: 'secret',
  AWS_REGION: 'eu-west-1',
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_CONFIG_FILE: '/dev/null',
  AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
};

/** S3's REST wire as far as Ratchet speaks it (Amazon S3 API Reference), path-style, on loopback. */
export async function startS3(buckets: Readonly<Record<string, Bucket>>) {
  const requests: string[] = [];
  const faults: Fault[] = [];
  const states = new Map(Object.entries(buckets).map(([name, { objects }]) => [name, bucketState(objects)]));
  const server = createServer(async (request, response) => {
    const line = `${request.method} ${request.url}`;
    requests.push(line);
    const { pathname } = new URL(request.url ?? '', 'http://s3');
    const name = pathname.split('/')[1] ?? '';
    const index = faults.findIndex(({ on }) => on.test(line));
    const [fault] = index === -1 ? [] : faults.splice(index, 1);
    await answer(states.get(name), { ...buckets[name], ...fault }, request, response);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    faults,
    bucket: (name: string) => states.get(name)!,
    async close(): Promise<void> {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}

type Trouble = Partial<Omit<Bucket & Fault, 'objects' | 'on'>>;

async function answer(
  bucket: BucketState | undefined,
  { refusal, cutAfter, losesAnswer, first, ignoresRange, isSilent }: Trouble,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await buffer(request);
  if (isSilent) return;
  if (bucket) first?.(bucket);
  if (ignoresRange) delete request.headers.range;
  const said = refusal ? refused(refusal.status, refusal.code) : answerOf(bucket, request, body);
  if (losesAnswer) response.destroy();
  else say(said, cutAfter, request, response);
}

function say(
  { status, headers = {}, body = '' }: Answer,
  cutAfter: number | undefined,
  request: IncomingMessage,
  response: ServerResponse,
) {
  const bytes = Buffer.from(body);
  response.writeHead(status, { 'content-length': bytes.length, 'x-amz-request-id': 'A1B2', ...headers });
  if (request.method === 'HEAD') response.end();
  else if (cutAfter === undefined || status >= 300) response.end(bytes);
  else {
    response.flushHeaders();
    response.write(bytes.subarray(0, cutAfter), () => response.destroy());
  }
}
