import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { comparisonQuestion, critiqueQuestion, type JudgedText } from '../../core/judging/judge-prompt.ts';
import type { Prompt } from '../../core/prompt.ts';
import { plantedPrompts } from './planted-responses.ts';
import { studentModel, teacherModel } from './read-call.ts';
import type { SimulatorOptions } from './simulator-options.ts';
import { type Simulator, startSimulator } from './start-simulator.ts';

const opened: Simulator[] = [];

export async function openSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const simulator = await startSimulator(options);
  opened.push(simulator);
  return simulator;
}

export async function closeSimulators(): Promise<void> {
  await Promise.all(opened.splice(0).map((simulator) => simulator.close()));
}

/** What came back, however it ended. */
export interface OnTheWire {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** False where the connection ended before the body did. */
  readonly isWhole: boolean;
  /** How many pieces the body came in. */
  readonly pieces: number;
}

/** Plain HTTP, so that a test sees what a client's package would hide. */
export function post({ url }: Simulator, body: unknown): Promise<OnTheWire> {
  return new Promise((resolve, reject) => {
    const options = { method: 'POST', headers: { 'content-type': 'application/json' } };
    const request = httpRequest(`${url}/chat/completions`, options, (response) => {
      const parts: Buffer[] = [];
      const settle = () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(parts).toString('utf8'),
          isWhole: response.complete,
          pieces: parts.length,
        });
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('error', () => undefined).on('close', settle);
    });
    request.on('error', reject).end(JSON.stringify(body));
  });
}

export const rubric = { purpose: 'Answers of a shop.', rules: ['State the price, the weight and the warranty.'] };

export const prompts: readonly Prompt[] = plantedPrompts(400);

export function sampling(index: number, n = 4) {
  return { model: studentModel, messages: prompts[index]!.messages, seed: index, n };
}

export async function sampled(simulator: Simulator, index: number, n = 4): Promise<Completion> {
  return JSON.parse((await post(simulator, sampling(index, n))).body);
}

export function comparing(shown: readonly [JudgedText, JudgedText], key = 'key') {
  const question = comparisonQuestion(prompts[0]!, rubric, shown, key);
  return { question, call: { model: teacherModel, messages: question.messages, seed: 1 } };
}

export function criticising(shown: readonly [JudgedText, JudgedText], key = 'key') {
  const question = critiqueQuestion(prompts[0]!, rubric, shown, key);
  return { question, call: { model: teacherModel, messages: question.messages, seed: 1 } };
}

/** As much of an answer as the tests look at. */
export interface Completion {
  readonly model: string;
  readonly choices: readonly {
    readonly message: { readonly content: string | null; readonly refusal: string | null };
    readonly finish_reason: string;
  }[];
  readonly usage?: { readonly prompt_tokens: number; readonly completion_tokens: number };
}

export function textsOf({ choices }: Completion): string[] {
  return choices.map(({ message }) => message.content ?? '');
}
