import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type CallCount, CallCounter, type Counts } from './call-counts.ts';
import { ChatEndpoint } from './chat-endpoint.ts';
import { studentModel, teacherModel } from './read-call.ts';
import { sendError, sendJson } from './send-answer.ts';
import type { SimulatorOptions } from './simulator-options.ts';

export interface Simulator {
  /** The base URL, with `/v1`. */
  readonly url: string;
  readonly counts: Counts;
  /** By callHash. */
  readonly calls: ReadonlyMap<string, Readonly<CallCount>>;
  /** Ends what is under way too. */
  readonly close: () => Promise<void>;
}

/** An OpenAI-shaped endpoint on 127.0.0.1, with a student and a teacher whose truth is planted. */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const counter = new CallCounter();
  const chat = new ChatEndpoint(options, counter);
  const server = createServer({ keepAliveTimeout: 0, requestTimeout: 0 }, (request, response) => {
    const page = pages[request.url ?? ''];
    if (request.url === '/v1/chat/completions') collect(request, (body) => chat.answer(body, response));
    else if (page) sendJson(response, 200, page(counter));
    else sendError(response, 404, 'There is nothing here.');
  });
  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    get counts() {
      return counter.counts;
    },
    calls: counter.calls,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

const pages: Readonly<Record<string, (counter: CallCounter) => unknown>> = {
  '/v1/models': () => ({
    object: 'list',
    data: [studentModel, teacherModel].map((id) => ({ id, object: 'model', created: 0, owned_by: 'tests' })),
  }),
  '/counts': ({ counts }) => counts,
  '/calls': ({ calls }) => Object.fromEntries(calls),
};

/** By events: an async iterator costs more than the rest of an answer. */
function collect(request: IncomingMessage, then: (body: string) => void): void {
  const parts: Buffer[] = [];
  request.on('data', (part: Buffer) => parts.push(part));
  request.on('end', () => then(Buffer.concat(parts).toString('utf8')));
}
