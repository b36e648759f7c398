import type { ServerResponse } from 'node:http';
import { performance } from 'node:perf_hooks';
import type { CallCounter } from './call-counts.ts';
import { latencies } from './latencies.ts';
import { type Call, readCall } from './read-call.ts';
import { type Headers, type RetryAfter, retryAfterHeaders, sendError } from './send-answer.ts';
import { sendFaulty, sendSound } from './send-faulty.ts';
import type { Role, SimulatorOptions } from './simulator-options.ts';
import { struckBy } from './struck-by.ts';
import { LimitedRate } from './token-bucket.ts';
import { type Completion, completionOf, wireBody } from './write-completion.ts';

/** `POST /v1/chat/completions`: limits first, then planted 429s at once, then all else after its latency. */
export class ChatEndpoint {
  readonly #options: SimulatorOptions;
  readonly #counter: CallCounter;
  readonly #latencyOf: (call: Call) => number;
  readonly #rates: Readonly<Record<Role, LimitedRate>> | undefined;

  constructor(options: SimulatorOptions, counter: CallCounter) {
    this.#options = options;
    this.#counter = counter;
    this.#latencyOf = latencies(options);
    const { limits } = options;
    this.#rates = limits && { student: new LimitedRate(limits), teacher: new LimitedRate(limits) };
  }

  answer(text: string, response: ServerResponse): void {
    const read = readCall(text);
    if (read === 'not-json') sendError(response, 400, 'We could not parse the JSON body of your request.');
    else if (read === 'unknown-model') sendError(response, 404, 'The model does not exist.');
    else this.#answerCall(this.#counter.arrived(read), response);
  }

  #answerCall(call: Call, response: ServerResponse): void {
    response.once('close', () => this.#counter.left());
    const completion = completionOf(call, this.#options);
    const rate = this.#rates?.[call.role];
    const now = performance.now();
    const wait = rate?.admit(completion.promptTokens + completion.completionTokens, now) ?? 0;
    const headers = { ...this.#dateHeader(), ...rate?.headers(now) };
    if (wait > 0) this.#refuse(response, 'milliseconds', wait, headers);
    else this.#answerAdmitted(call, completion, response, headers);
  }

  #answerAdmitted(call: Call, completion: Completion, response: ServerResponse, headers: Headers): void {
    const { wire = [], seed = 0 } = this.#options;
    const fault = struckBy(wire, call, seed, () => `${call.hash} ${call.attempt}`);
    if (fault) this.#counter.struck(fault.fault);
    if (fault?.fault === 'too-many-requests') {
      this.#refuse(response, fault.retryAfter, (fault.waitSeconds ?? 1) * 1000, headers);
      return;
    }
    this.#afterLatency(call, () => {
      if (response.destroyed) return;
      const onSent = () => this.#counter.answered(call);
      const sending = { response, headers, body: wireBody(call, completion), onSent };
      if (fault) sendFaulty(fault, sending);
      else sendSound(sending);
    });
  }

  #refuse(response: ServerResponse, retryAfter: RetryAfter, milliseconds: number, headers: Headers): void {
    this.#counter.limited();
    const asked = retryAfterHeaders(retryAfter, milliseconds, this.#clock());
    sendError(response, 429, 'Too many requests (planted).', { ...headers, ...asked });
  }

  #afterLatency(call: Call, send: () => void): void {
    const milliseconds = this.#latencyOf(call);
    this.#counter.waited(milliseconds);
    if (milliseconds === 0) send();
    else setTimeout(send, milliseconds);
  }

  /** Node writes the true date by itself. */
  #dateHeader(): Headers {
    return this.#options.clockSkewSeconds === undefined ? {} : { date: new Date(this.#clock()).toUTCString() };
  }

  #clock(): number {
    return Date.now() + (this.#options.clockSkewSeconds ?? 0) * 1000;
  }
}
