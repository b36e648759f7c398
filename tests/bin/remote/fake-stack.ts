import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';
import { answerOf, bucketState, held, refused } from '../../providers/s3/s3-bucket.ts';
import { awsEnvironment } from '../../providers/s3/s3-server.ts';

/** What a route answers; of several each once, and the last from then on. */
export type Script = Readonly<Record<string, ScriptedAnswer | readonly ScriptedAnswer[]>>;
export interface ScriptedAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: unknown;
}

export interface ApiRequest {
  /** `POST /runs?limit=1` */
  readonly line: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: unknown;
}

export const apiHost = 'a1b2c3.execute-api.eu-west-1.amazonaws.com';
const stackId = 'arn:aws:cloudformation:eu-west-1:123456789012:stack/ratchet-small/1f';
export const bucket = 'small-bucket';

/**
 * An account with one stack, `ratchet-small`, on one address of this machine as an emulator has it: CloudFormation, the bucket,
 * and the API, whose answers are scripted as `GET /runs/x`. Every signature of a request to the API is checked.
 */
export async function startStack(script: Script, objects: Readonly<Record<string, string>> = {}) {
  const requests: ApiRequest[] = [];
  const told = new Map<string, number>();
  const state = bucketState(objects);
  let isClosed = false;
  let outputs: Readonly<Record<string, string>> = {
    ApiUrl: `https://${apiHost}/v1/`,
    Bucket: bucket,
    StateMachine: 'arn:aws:states:eu-west-1:123456789012:stateMachine:ratchet-small',
    LoopName: 'small',
  };
  const server = createServer(async (request, response) => {
    const body = await buffer(request);
    const api = /^\/_aws\/execute-api\/a1b2c3\/v1(\/.*)$/.exec(request.url ?? '')?.[1];
    if (api !== undefined) return answerApi(api, request, body, response);
    if (request.method === 'POST' && request.url === '/') return describe(body, response);
    const {
      status,
      headers,
      body: said = '',
    } = isClosed ? refused(403, 'AccessDenied') : answerOf(state, request, body);
    response.writeHead(status, { 'content-length': Buffer.from(said).length, ...headers });
    response.end(request.method === 'HEAD' ? undefined : said);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    requests,
    url,
    objects: state.objects,
    put: (key: string, artifact: unknown) => void state.objects.set(key, held(Buffer.from(JSON.stringify(artifact)))),
    artifact: (key: string) => JSON.parse(String(state.objects.get(key)?.bytes)),
    env: { ...awsEnvironment, AWS_ENDPOINT_URL: url },
    withOutputs(others: Readonly<Record<string, string>>): void {
      outputs = others;
    },
    closeBucket(): void {
      isClosed = true;
    },
    async close(): Promise<void> {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };

  async function answerApi(path: string, request: IncomingMessage, body: Buffer, response: ServerResponse) {
    const line = `${request.method} ${path}`;
    requests.push({ line, headers: request.headers, body: body.length === 0 ? undefined : JSON.parse(String(body)) });
    const said = (await isSigned(request, body)) ? next(line) : problem(403, 'MissingSignature', 'Sign the request.');
    response.writeHead(said.status ?? 200, { 'content-type': 'application/json', ...said.headers });
    response.end(typeof said.body === 'string' ? said.body : JSON.stringify(said.body));
  }

  function next(line: string): ScriptedAnswer {
    const answers = [script[line] ?? problem(404, 'RequestRefused', `Not in the script: ${line}`)].flat();
    const index = told.get(line) ?? 0;
    told.set(line, index + 1);
    return answers[Math.min(index, answers.length - 1)]!;
  }

  function describe(body: Buffer, response: ServerResponse): void {
    const asked = new URLSearchParams(String(body));
    const name = asked.get('StackName');
    if (asked.get('Action') !== 'DescribeStacks' || name !== 'ratchet-small') {
      response.writeHead(400, { 'content-type': 'text/xml' });
      response.end(
        `<ErrorResponse><Error><Type>Sender</Type><Code>ValidationError</Code><Message>Stack with id ${name} does not exist</Message></Error></ErrorResponse>`,
      );
      return;
    }
    const members = Object.entries(outputs).map(
      ([key, value]) => `<member><OutputKey>${key}</OutputKey><OutputValue>${value}</OutputValue></member>`,
    );
    response.writeHead(200, { 'content-type': 'text/xml' });
    response.end(
      `<DescribeStacksResponse><DescribeStacksResult><Stacks><member><StackId>${stackId}</StackId><StackName>${name}</StackName><StackStatus>CREATE_COMPLETE</StackStatus><Outputs>${members.join('')}</Outputs></member></Stacks></DescribeStacksResult></DescribeStacksResponse>`,
    );
  }
}

export function problem(status: number, name: string, detail: string, problems?: unknown): ScriptedAnswer {
  const body = { type: `urn:ratchet:error:${name}`, title: name, status, detail, ...(problems ? { problems } : {}) };
  return { status, headers: { 'content-type': 'application/problem+json' }, body };
}

/** Signs what came over the wire once more, with the same secret. */
async function isSigned(request: IncomingMessage, body: Buffer): Promise<boolean> {
  const { authorization = '' } = request.headers;
  const [, signedHeaders = '', signature] = /SignedHeaders=([^,]+), Signature=([0-9a-f]+)$/.exec(authorization) ?? [];
  const url = new URL(request.url ?? '', `http://${request.headers.host}`);
  const signer = new SignatureV4({
    service: 'execute-api',
    region: 'eu-west-1',
    credentials: { accessKeyId: 'key', secretAccessKey: 'secret' },
    sha256: Sha256,
  });
  const date = String(request.headers['x-amz-date']);
  const again = await signer.sign(
    {
      method: request.method ?? '',
      protocol: 'http:',
      hostname: url.hostname,
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      headers: Object.fromEntries(signedHeaders.split(';').map((name) => [name, String(request.headers[name])])),
      body,
    },
    { signingDate: new Date(date.replace(/^(....)(..)(..)T(..)(..)(..)Z$/, '$1-$2-$3T$4:$5:$6Z')) },
  );
  return signature !== undefined && again.headers['authorization']?.endsWith(`Signature=${signature}`) === true;
}
