import { createHash, createHmac } from 'node:crypto';
import type { Credentials } from './credentials.ts';

const HOST = 'bedrock.amazonaws.com';

/**
 * A short-term key of Bedrock: the presigned request for CallWithBearerToken, in base64. It is good for one region, and no
 * longer than the credentials that sign it. The same as @aws/bedrock-token-generator makes
 * (docs.aws.amazon.com/bedrock/latest/userguide/api-keys.html).
 */
export function bearerToken(
  credentials: Credentials,
  { region, at, seconds }: { readonly region: string; readonly at: Date; readonly seconds: number },
): string {
  const time = at.toISOString().replace(/[:-]|\.\d+/g, '');
  const scope = [time.slice(0, 8), region, 'bedrock', 'aws4_request'];
  const { accessKeyId, sessionToken } = credentials;
  const request = {
    Action: 'CallWithBearerToken',
    'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
    'X-Amz-Credential': [accessKeyId, ...scope].join('/'),
    'X-Amz-Date': time,
    'X-Amz-Expires': String(seconds),
    ...(sessionToken === undefined ? {} : { 'X-Amz-Security-Token': sessionToken }),
    'X-Amz-SignedHeaders': 'host',
  };
  const signed = { ...request, 'X-Amz-Signature': signatureOf(queryText(request), time, scope, credentials) };
  const text = `${HOST}/?${queryText(signed)}&Version=1`;
  return `bedrock-api-key-${Buffer.from(text).toString('base64')}`;
}

/** Signature Version 4 of a POST without a body (docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html). */
function signatureOf(query: string, time: string, scope: readonly string[], { secretAccessKey }: Credentials): string {
  const request = ['POST', '/', query, `host:${HOST}`, '', 'host', sha256('')].join('\n');
  const text = ['AWS4-HMAC-SHA256', time, scope.join('/'), sha256(request)].join('\n');
  const key = scope.reduce<string | Buffer>(
    (from, part) => createHmac('sha256', from).update(part).digest(),
    `AWS4${secretAccessKey}`,
  );
  return createHmac('sha256', key).update(text).digest('hex');
}

/** In the order of names, as the signature wants it. */
function queryText(query: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(query).sort(([one], [other]) => (one < other ? -1 : 1));
  return pairs.map(([name, value]) => `${name}=${escaped(value)}`).join('&');
}

function escaped(value: string): string {
  return encodeURIComponent(value).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
