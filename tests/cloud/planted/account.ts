import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';
import type { Emulator } from '../emulator/start-emulator.ts';

/** Whoever sends a request. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

interface Asked {
  readonly method: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** A request to the emulator, signed for a service of AWS. */
export async function signedRequest(
  { accessKeyId, secretAccessKey }: Credentials,
  service: string,
  address: string,
  { method, headers = {}, body }: Asked,
): Promise<Response> {
  const url = new URL(address);
  const signer = new SignatureV4({
    ...{ service, region: 'us-east-1', sha256: Sha256 },
    credentials: { accessKeyId, secretAccessKey },
  });
  const signed = await signer.sign({
    method,
    protocol: url.protocol,
    hostname: url.hostname,
    path: url.pathname,
    query: Object.fromEntries(url.searchParams),
    headers: { ...headers, host: url.host },
    body,
  });
  return fetch(url, { method, headers: signed.headers, body: body ?? null });
}

/** The APIs of AWS that tests need and the product does not, so that no package of theirs is installed. */
export class Account {
  readonly #endpoint: string;
  readonly #owner: Credentials;

  constructor({ endpoint, environment }: Emulator) {
    this.#endpoint = endpoint;
    this.#owner = {
      accessKeyId: environment['AWS_ACCESS_KEY_ID'] ?? '',
      secretAccessKey: environment['AWS_SECRET_ACCESS_KEY'] ?? '',
    };
  }

  /** An API of JSON at paths, as those of Lambda and EventBridge Scheduler. */
  async rest<Answer>(service: string, method: string, path: string, body?: unknown): Promise<Answer> {
    const headers = { 'content-type': 'application/json' };
    const text = body === undefined ? {} : { body: JSON.stringify(body) };
    return JSON.parse(await this.#send(service, path, { method, headers, ...text }));
  }

  /** An API of JSON whose header names the action, as those of SQS and Secrets Manager: `AmazonSQS.CreateQueue`. */
  async json<Answer>(service: string, action: string, body: unknown): Promise<Answer> {
    const headers = { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': action };
    const text = await this.#send(service, '/', { method: 'POST', headers, body: JSON.stringify(body) });
    return JSON.parse(text || '{}');
  }

  /** An API of forms that answers XML, as those of SNS and IAM; gives the text of the first element of each name. */
  async query(service: string, version: string, form: Readonly<Record<string, string>>) {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const body = new URLSearchParams({ ...form, Version: version }).toString();
    const xml = await this.#send(service, '/', { method: 'POST', headers, body });
    return (element: string) => new RegExp(`<${element}>([^<]*)</${element}>`).exec(xml)?.[1] ?? '';
  }

  async #send(service: string, path: string, asked: Asked): Promise<string> {
    const answer = await signedRequest(this.#owner, service, `${this.#endpoint}${path}`, asked);
    const text = await answer.text();
    if (answer.ok) return text;
    throw new Error(`${service} answered ${answer.status} to ${asked.method} ${path}: ${text}`);
  }
}
