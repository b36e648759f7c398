import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

/** What GetSecretValue answers: a value, or an error by its name. */
export type SecretAnswer =
  | { readonly SecretString?: string; readonly SecretBinary?: string }
  | { readonly status: number; readonly type: string; readonly message?: string };

/** Secrets Manager's wire (AWS JSON 1.1) as far as Ratchet speaks it, on loopback. */
export async function startSecretsManager(answerTo: (id: string) => SecretAnswer) {
  const requests: { target: unknown; id: string; region: string | undefined }[] = [];
  const server = createServer(async (request, response) => {
    const { SecretId: id } = (await json(request)) as { SecretId: string };
    const [, region] = /Credential=[^/]+\/\d+\/([a-z0-9-]+)\//.exec(request.headers.authorization ?? '') ?? [];
    requests.push({ target: request.headers['x-amz-target'], id, region });
    const answer = answerTo(id);
    const type = { 'content-type': 'application/x-amz-json-1.1' };
    if ('status' in answer) {
      const body = { __type: answer.type, Message: answer.message ?? 'No.', message: answer.message ?? 'No.' };
      response.writeHead(answer.status, type).end(JSON.stringify(body));
    } else {
      response.writeHead(200, type).end(JSON.stringify({ ARN: id, Name: 'x', VersionId: 'v', ...answer }));
    }
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** Everything that the SDK may find out about this machine is switched off, and it asks once. */
export const awsEnvironment = {
  AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'planted-secret-access-key',
  AWS_REGION: 'eu-west-1',
  AWS_MAX_ATTEMPTS: '1',
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_CONFIG_FILE: '/dev/null',
  AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
};
