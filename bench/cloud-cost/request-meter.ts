import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';
import { closed } from './planted-endpoint.ts';

/** As S3 bills them: PUT, COPY, POST and LIST in one class, GET and HEAD in the other, DELETE for nothing. */
export type S3Class = 'put' | 'get' | 'delete';

/** One request of a function to AWS. */
export interface MeteredRequest {
  /** Who sent it: the function's folder. */
  readonly by: string;
  /** Service as it is signed for: `s3`, `events`, `states`, … */
  readonly service: string;
  /** For S3; LIST counts as put. */
  readonly class?: S3Class;
  /** For S3: the key without names and numbers, such as `runs/*` and `round-*`; for others ''. */
  readonly key: string;
}

export interface RequestMeter {
  /** Passes requests of one function on to the emulator and counts them. Gives the address for its AWS clients. */
  addressFor(by: string): Promise<string>;
  /** All since the last time it was asked. */
  take(): MeteredRequest[];
  close(): Promise<void>;
}

/**
 * A proxy on 127.0.0.1 before the emulator, with a port for each function. Requests pass unchanged, Host header included,
 * because that is signed.
 */
export function requestMeter(endpoint: string): RequestMeter {
  const { hostname, port } = new URL(endpoint);
  const servers: ReturnType<typeof createServer>[] = [];
  let seen: MeteredRequest[] = [];
  return {
    async addressFor(by) {
      const server = createServer({ keepAliveTimeout: 0, requestTimeout: 0 }, (request, response) => {
        seen.push(metered(by, request));
        pass(request, response, { hostname, port });
      });
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      servers.push(server);
      return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    },
    take() {
      const taken = seen;
      seen = [];
      return taken;
    },
    close: async () => void (await Promise.all(servers.map(closed))),
  };
}

function pass(request: IncomingMessage, response: ServerResponse, to: { hostname: string; port: string }): void {
  const { method, url, rawHeaders } = request;
  const passed = send({ ...to, method, path: url, headers: rawHeaders, setHost: false }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
    answer.pipe(response);
  });
  passed.on('error', () => response.destroy());
  request.pipe(passed);
}

function metered(by: string, { method = '', url = '', headers }: IncomingMessage): MeteredRequest {
  const service = /Credential=[^/]+\/\d+\/[^/]+\/([^/]+)\//.exec(headers.authorization ?? '')?.[1] ?? 'unsigned';
  if (service !== 's3') return { by, service, key: '' };
  const { pathname, searchParams } = new URL(url, 'http://s3');
  const prefix = searchParams.get('prefix');
  const key = prefix ?? pathname.split('/').slice(2).join('/');
  return {
    by,
    service,
    class: classOf(method, prefix !== null),
    key: `${prefix === null ? '' : 'list '}${shapeOf(key)}`,
  };
}

function classOf(method: string, isList: boolean): S3Class {
  if (method === 'DELETE') return 'delete';
  return isList || method === 'PUT' || method === 'POST' ? 'put' : 'get';
}

/** `runs/a-1/round-1/responses/00003.calls/4f….jsonl` → `responses/*.calls` */
function shapeOf(key: string): string {
  const below = decodeURIComponent(key).split('/');
  const rest =
    below[0] === 'runs' && /^round-/.test(below[2] ?? '') ? below.slice(3) : below.slice(0, 1).concat(below.slice(2));
  return rest
    .join('/')
    .replace(/calls\/[0-9a-f]+\/\d+\/.*/, 'calls')
    .replace(/\d{5}\.calls\/.*/, '*.calls')
    .replace(/\d{5}\./, '*.')
    .replace(/[0-9a-f]{12,}/, '*');
}
