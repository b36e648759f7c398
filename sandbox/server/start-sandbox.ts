import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { ApiError } from './api-error.ts';
import type { ChatModel } from './chat-model.ts';
import { chatRoute } from './chat-route.ts';
import type { FaultPlan } from './faults.ts';
import { openFiles } from './files.ts';
import { type Answer, dispatch, type Route, readBody, send } from './http.ts';
import { jobRoutes } from './job-routes.ts';
import { createJobRunner } from './job-runner.ts';
import { openJobs } from './jobs.ts';
import { openModels } from './models.ts';

export interface SandboxOptions {
  /** Files, jobs and weights; a server on the same directory goes on where the last one stopped or died. */
  readonly directory: string;
  /** 0, the default, takes a free one. */
  readonly port?: number;
  /** Another chat model to serve beside the students. */
  readonly teacher?: ChatModel;
  /** Requests must then bear it; without it any key passes. */
  readonly apiKey?: string;
  /** By model id. */
  readonly faults?: Readonly<Record<string, FaultPlan>>;
}

export interface Sandbox {
  /** Ends in `/v1`: what OpenAI clients call the base URL. */
  readonly url: string;
  close(): Promise<void>;
}

/** An OpenAI-shaped server with a student that really learns; on loopback only. */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const { directory, port = 0, teacher, faults = {} } = options;
  const files = await openFiles(join(directory, 'files'));
  const models = await openModels(join(directory, 'models'), teacher ? [teacher] : []);
  const jobs = await openJobs(join(directory, 'jobs'));
  const runner = createJobRunner(jobs, files, models);
  const routes: Route[] = [
    chatRoute((id) => models.find(id), faults),
    ...models.routes,
    ...files.routes,
    ...jobRoutes({ jobs, files, models, runner }),
  ];
  const closing = new AbortController();
  const server = createServer((request, response) => {
    void answer(request, response, routes, options.apiKey, closing.signal);
  });
  // Slow teachers are planted, not cut off.
  server.requestTimeout = 0;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    async close() {
      closing.abort();
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await Promise.all([closed, runner.close()]);
    },
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  routes: readonly Route[],
  apiKey: string | undefined,
  closing: AbortSignal,
): Promise<void> {
  const gone = new AbortController();
  response.on('close', () => gone.abort());
  try {
    if (apiKey !== undefined && request.headers.authorization !== `Bearer ${apiKey}`) {
      throw new ApiError(401, 'Incorrect API key provided.', { code: 'invalid_api_key' });
    }
    const url = new URL(request.url ?? '/', 'http://sandbox');
    const body = await readBody(request);
    const call = {
      method: request.method ?? 'GET',
      path: url.pathname,
      query: url.searchParams,
      headers: request.headers as Record<string, string | undefined>,
      body,
      signal: AbortSignal.any([gone.signal, closing]),
    };
    send(response, await dispatch(routes, call));
  } catch (cause) {
    if (!gone.signal.aborted) send(response, errorAnswer(cause));
  }
}

function errorAnswer(cause: unknown): Answer {
  const error = cause instanceof ApiError ? cause : new ApiError(500, `The sandbox failed: ${String(cause)}`);
  return { kind: 'json', status: error.status, body: error.body };
}
