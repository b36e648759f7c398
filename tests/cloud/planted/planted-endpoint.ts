import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { type CallCount, CallCounter, type Counts } from '../../endpoint-simulator/call-counts.ts';
import { type Call, callHash, studentModel, teacherModel } from '../../endpoint-simulator/read-call.ts';
import { sendError, sendJson } from '../../endpoint-simulator/send-answer.ts';
import { wireBody } from '../../endpoint-simulator/write-completion.ts';
import { writtenBy } from './planted-models.ts';
import { PlantedTrainer } from './planted-trainer.ts';

/** What a call is answered instead of a completion. */
export interface Trouble {
  readonly status: number;
  readonly retryAfterSeconds?: number;
}

/** What becomes of a call before it is answered: it may have to wait, and there may be trouble. */
export type Fate = (call: Call) => Promise<Trouble | undefined>;

export const answeredAtOnce: Fate = async () => undefined;

/**
 * Student, teacher and trainer in one OpenAI-shaped endpoint that knows the truth, answers at once, counts every call, and
 * does what a test wants. A job succeeds when it is looked at; what was trained last is better than all before.
 */
export class PlantedEndpoint {
  /** The only key that is taken. */
  key = 'the-right-key';
  readonly trainer = new PlantedTrainer();
  fate: Fate = answeredAtOnce;
  readonly #counter = new CallCounter();
  readonly #server = createServer({ keepAliveTimeout: 0, requestTimeout: 0 }, (request, response) => {
    void this.#answer(request, response);
  });

  async open(): Promise<this> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return this;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/v1`;
  }

  /** Calls that were answered more than once: after each other, or to two who asked at the same time. */
  get paidTwice(): number {
    return [...this.calls.values()].filter(({ answered }) => answered > 1).length;
  }

  /** Of all calls of student and teacher. */
  get counts(): Counts {
    return this.#counter.counts;
  }

  /** By hash. */
  get calls(): ReadonlyMap<string, Readonly<CallCount>> {
    return this.#counter.calls;
  }

  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await buffer(request);
    if (request.headers.authorization !== `Bearer ${this.key}`) sendError(response, 401, 'Incorrect API key provided.');
    else if (request.url === '/v1/chat/completions') await this.#complete(body, response);
    else this.trainer.answer(`${request.method} ${request.url}`, body, response);
  }

  async #complete(body: Buffer, response: ServerResponse): Promise<void> {
    const { model, messages, seed, n = 1 } = JSON.parse(body.toString());
    const role = model === teacherModel ? 'teacher' : 'student';
    const call = this.#counter.arrived({
      ...{ role, model, messages, seed, n },
      hash: callHash({ model, messages, seed, n }),
    });
    response.once('close', () => this.#counter.left());
    const trouble = await this.fate(call);
    if (trouble) refuse(response, trouble);
    else if (!response.destroyed) {
      this.#counter.answered(call);
      sendJson(response, 200, wireBody(call, writtenBy(call, this.trainer.newest ?? studentModel)));
    }
  }
}

function refuse(response: ServerResponse, { status, retryAfterSeconds }: Trouble): void {
  const headers = retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) };
  sendError(response, status, 'Planted.', headers as Record<string, string>);
}
