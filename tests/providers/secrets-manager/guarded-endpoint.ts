import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** What befalls a request, by its number from 0; nothing is an answer of the endpoint behind. */
export type Misfortune = (number: number) => number | undefined;

/**
 * An endpoint in front of another, which takes one key alone and repeats whatever key it is sent, in body and headers of
 * every error, as some do.
 */
export async function guardedEndpoint(behind: string, isTaken: (key: string) => boolean, misfortune: Misfortune) {
  let requests = 0;
  const server = createServer((request, response) => {
    pass(request, response).catch(() => response.destroy());
  });

  async function pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request);
    const key = (request.headers.authorization ?? '').replace('Bearer ', '');
    const status = isTaken(key) ? misfortune(requests++) : 401;
    if (status !== undefined) {
      const message = `No, not with the key ${key}`;
      const headers = { 'content-type': 'application/json', 'x-key': key, 'www-authenticate': `Bearer ${key}` };
      response.writeHead(status, headers).end(JSON.stringify({ error: { message, code: key, param: key } }));
      return;
    }
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`${behind}/chat/completions`, { method: 'POST', headers, body });
    response.writeHead(answer.status, headers).end(await answer.text());
  }

  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
