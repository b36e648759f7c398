import type { ServerResponse } from 'node:http';
import { type Headers, sendBytes, sendError, sendJson } from './send-answer.ts';
import type { PlainFault, WireFault } from './simulator-options.ts';
import type { WireBody } from './write-completion.ts';

/** A sound answer to be sent: `onSent` is called once it has gone out to its end. */
export interface Sending {
  readonly response: ServerResponse;
  readonly headers: Headers;
  readonly body: WireBody;
  readonly onSent: () => void;
}

export type BodyFault = Exclude<WireFault, { fault: 'too-many-requests' }>;

export function sendSound({ response, headers, body, onSent }: Sending): void {
  response.once('finish', onSent);
  sendJson(response, 200, body, headers);
}

/** Sends what a fault makes of a sound answer. */
export function sendFaulty(fault: BodyFault, sending: Sending): void {
  if (fault.fault === 'server-error') {
    sendError(sending.response, fault.status, 'The server had an error (planted).', sending.headers);
  } else if (fault.fault === 'slow-drip') drip(fault, sending);
  else if (fault.fault === 'huge-body') sendHuge(fault.megabytes, sending);
  else plainly[fault.fault](sending);
}

const plainly: Readonly<Record<PlainFault, (sending: Sending) => void>> = {
  hang: () => undefined,
  reset({ response, headers, body }) {
    const whole = bytesOf(body);
    response.writeHead(200, { ...jsonOf(whole.length), ...headers });
    response.write(whole.subarray(0, whole.length / 2), () => response.destroy());
  },
  'truncated-json'({ response, headers, body }) {
    const whole = bytesOf(body);
    sendBytes(response, 200, whole.subarray(0, whole.length / 2), { 'content-type': 'application/json', ...headers });
  },
  html({ response, headers }) {
    const page = Buffer.from('<!doctype html><title>Bad gateway</title><h1>Bad gateway</h1>');
    sendBytes(response, 200, page, { 'content-type': 'text/html', ...headers });
  },
  'text-plain': (sending) => sendSound({ ...sending, headers: { ...sending.headers, 'content-type': 'text/plain' } }),
  // Nobody pays for nothing: it does not count as answered.
  'empty-choices': ({ response, headers, body }) => sendJson(response, 200, { ...body, choices: [] }, headers),
  'other-model': (sending) => sendSound({ ...sending, body: { ...sending.body, model: 'another-model-2' } }),
  'no-usage': (sending) => sendSound({ ...sending, body: { ...sending.body, usage: undefined } }),
};

function drip({ bytes, everyMilliseconds }: SlowDrip, { response, headers, body, onSent }: Sending): void {
  const whole = bytesOf(body);
  let sent = 0;
  response.writeHead(200, { ...jsonOf(whole.length), ...headers }).flushHeaders();
  const timer = setInterval(() => {
    response.write(whole.subarray(sent, sent + bytes));
    sent += bytes;
    if (sent >= whole.length) response.end();
  }, everyMilliseconds);
  response.once('finish', onSent).once('close', () => clearInterval(timer));
}

type SlowDrip = Extract<WireFault, { fault: 'slow-drip' }>;

const megabyte = Buffer.alloc(2 ** 20, 'x');

function sendHuge(megabytes: number, { response, headers, body, onSent }: Sending): void {
  const start = Buffer.from('{"junk":"');
  const end = Buffer.from(`",${JSON.stringify(body).slice(1)}`);
  const length = start.length + megabytes * megabyte.length + end.length;
  response.writeHead(200, { ...jsonOf(length), ...headers }).write(start);
  for (let sent = 0; sent < megabytes; sent++) response.write(megabyte);
  response.once('finish', onSent).end(end);
}

function bytesOf(body: WireBody): Buffer {
  return Buffer.from(JSON.stringify(body));
}

function jsonOf(length: number) {
  return { 'content-type': 'application/json', 'content-length': length };
}
