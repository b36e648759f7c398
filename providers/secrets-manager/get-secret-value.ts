import { Sha256 } from '@aws-crypto/sha256-js';
import { defaultProvider } from '@aws-sdk/credential-provider-node';
import { SignatureV4 } from '@smithy/signature-v4';
import * as z from 'zod';

/** Without a way to the service, as in a VPC without an endpoint for it, a request would wait for minutes. */
const ANSWER_WITHIN_MS = 5_000;

const answerSchema = z.object({
  SecretString: z.string().optional(),
  __type: z.string().optional(),
  message: z.string().optional(),
  Message: z.string().optional(),
});

/**
 * The text of a secret, by its ARN or name; undefined where it is binary. An ARN is asked for in its own region. Throws errors
 * that are named as the service names them (docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html).
 *
 * It is one signed request: the SDK's client for it would put 45 KB into each function that calls models. Nothing is tried
 * again here; who waits for the key does that.
 */
export async function getSecretValue(id: string): Promise<string | undefined> {
  // biome-ignore lint/style/noProcessEnv: clients of the AWS SDK look there by themselves, and this stands for one.
  const { url, region } = serviceFor(id, process.env);
  const body = JSON.stringify({ SecretId: id });
  const headers = await signedHeaders(url, region, body);
  const signal = AbortSignal.timeout(ANSWER_WITHIN_MS);
  const response = await fetch(url, { method: 'POST', headers, body, signal }).catch(throwCause);
  // Without the parser's complaint, which quotes what it read.
  const answer = answerSchema.safeParse(jsonIn(await response.text())).data;
  if (!response.ok) throw errorIn(response, answer);
  if (answer === undefined) throw new Error('its answer is no JSON that it sends');
  return answer.SecretString;
}

type Environment = Readonly<Record<string, string | undefined>>;

function serviceFor(id: string, environment: Environment): { readonly url: URL; readonly region: string } {
  const [, region = environment['AWS_REGION']] = /^arn:[^:]+:secretsmanager:([a-z0-9-]+):/.exec(id) ?? [];
  if (!region) throw new Error('Region is missing');
  const domain = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  const { AWS_ENDPOINT_URL_SECRETS_MANAGER, AWS_ENDPOINT_URL } = environment;
  const endpoint = AWS_ENDPOINT_URL_SECRETS_MANAGER || AWS_ENDPOINT_URL || `https://secretsmanager.${region}.${domain}`;
  return { url: new URL(endpoint), region };
}

async function signedHeaders(url: URL, region: string, body: string): Promise<Record<string, string>> {
  const credentials = defaultProvider();
  const signer = new SignatureV4({ service: 'secretsmanager', region, credentials, sha256: Sha256 });
  const headers = {
    host: url.host,
    'content-type': 'application/x-amz-json-1.1',
    'x-amz-target': 'secretsmanager.GetSecretValue',
  };
  const { protocol, hostname, pathname: path } = url;
  return (await signer.sign({ method: 'POST', protocol, hostname, path, headers, body })).headers;
}

/** What is wrong, where `fetch` says only that it failed. */
function throwCause(error: Error): never {
  throw error.cause ?? error;
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The name may stand after a namespace: `com.amazonaws.secretsmanager#ResourceNotFoundException`. */
function errorIn({ status }: Response, answer: z.output<typeof answerSchema> | undefined): Error {
  const error = new Error(answer?.message ?? answer?.Message ?? `status ${status}`);
  error.name = answer?.__type?.replace(/^.*#/, '') ?? 'Error';
  return error;
}
