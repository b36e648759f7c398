import type { ServerResponse } from 'node:http';
import type { WireFault } from './simulator-options.ts';

export type Headers = Readonly<Record<string, string>>;

export function sendJson(response: ServerResponse, status: number, body: unknown, headers: Headers = {}): void {
  sendBytes(response, status, Buffer.from(JSON.stringify(body)), { 'content-type': 'application/json', ...headers });
}

/** The length is told: without it the body would go out in chunks. */
export function sendBytes(response: ServerResponse, status: number, bytes: Buffer, headers: Headers): void {
  response.writeHead(status, { 'content-length': bytes.length, ...headers }).end(bytes);
}

export function sendError(response: ServerResponse, status: number, message: string, headers: Headers = {}): void {
  sendJson(response, status, { error: { message, type: 'planted', param: null, code: null } }, headers);
}

/** How a 429 says when to come back. */
export type RetryAfter = Extract<WireFault, { fault: 'too-many-requests' }>['retryAfter'];

export function retryAfterHeaders(retryAfter: RetryAfter, milliseconds: number, now: number): Headers {
  switch (retryAfter) {
    case 'seconds':
      // Fractions are more than the standard allows, and what some gateways send.
      return { 'retry-after': String(milliseconds / 1000) };
    case 'date':
      return { 'retry-after': new Date(now + milliseconds).toUTCString() };
    case 'milliseconds':
      return { 'retry-after-ms': String(milliseconds) };
    case 'none':
      return {};
  }
}
