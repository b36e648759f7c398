import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { CallCounter } from '../../tests/endpoint-simulator/call-counts.ts';
import { ChatEndpoint } from '../../tests/endpoint-simulator/chat-endpoint.ts';
import { studentModel, teacherModel } from '../../tests/endpoint-simulator/read-call.ts';
import { sendJson } from '../../tests/endpoint-simulator/send-answer.ts';

/** How long each role takes to answer one call in the mean; from half of it to half more, so that calls do not keep step. */
export interface Latency {
  readonly studentMs: number;
  readonly teacherMs: number;
}

export interface PlantedEndpoint {
  /** A base URL of its own for each run, so that none finds the calls of another. */
  urlFor(run: string, latency: Latency): string;
  close(): Promise<void>;
}

/**
 * An OpenAI-shaped endpoint on 127.0.0.1: planted answers of student and teacher, and a trainer whose jobs have succeeded
 * when they are created. Who it has trained answers as the student does.
 */
export async function startPlantedEndpoint(): Promise<PlantedEndpoint> {
  const chat = new ChatEndpoint({}, new CallCounter());
  const server = createServer({ keepAliveTimeout: 0, requestTimeout: 0 }, async (request, response) => {
    const [, , studentMs, teacherMs, , ...rest] = (request.url ?? '').split(/[/?]/);
    const path = rest.join('/');
    if (!path.startsWith('chat/completions')) return sendJson(response, 200, trainerAnswer(path, request.method ?? ''));
    const body = JSON.parse(await text(request)) as { readonly model: string };
    const isTeacher = body.model === teacherModel;
    const model = isTeacher ? teacherModel : studentModel;
    const answer = () => chat.answer(JSON.stringify({ ...body, model }), response);
    setTimeout(answer, Number(isTeacher ? teacherMs : studentMs) * (0.5 + Math.random()));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    urlFor: (run, { studentMs, teacherMs }) => `http://127.0.0.1:${port}/${run}/${studentMs}/${teacherMs}/v1`,
    close: () => closed(server),
  };
}

/** Of the wire of files and jobs as much as a run needs: https://platform.openai.com/docs/api-reference/fine-tuning */
function trainerAnswer(path: string, method: string): unknown {
  if (path.startsWith('files')) return { id: 'file-planted', object: 'file' };
  const job = { id: 'job-planted', status: 'succeeded', fine_tuned_model: 'planted-candidate', training_file: 'none' };
  const isList = path.startsWith('fine_tuning/jobs') && !path.includes('job-planted') && method === 'GET';
  return isList ? { data: [], has_more: false } : job;
}

export async function closed(server: Server): Promise<void> {
  const done = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await done;
}
