import { instructionFor, unknownInstruction } from './planted-instructions.ts';
import { hashOfMessages, plantedResponse } from './planted-responses.ts';
import { plantedVerdict } from './planted-verdicts.ts';
import type { Call } from './read-call.ts';
import type { ChoiceFault, Planted, SimulatorOptions } from './simulator-options.ts';
import { strikes } from './struck-by.ts';

export interface Completion {
  readonly choices: readonly Choice[];
  /** A token is four characters here. */
  readonly promptTokens: number;
  readonly completionTokens: number;
}

interface Choice {
  readonly content: string;
  readonly finish: 'stop' | 'length';
  readonly isRefusal: boolean;
}

/** What the model writes to a call, with what is planted to be wrong with it: always the same to the same call. */
export function completionOf(call: Call, { choices = [], verdicts = [], seed = 0 }: SimulatorOptions): Completion {
  const has = (fault: ChoiceFault['fault']) => isStruck(choices, call, seed, fault, 'all');
  const written = has('fewer-choices') ? Math.max(1, Math.floor(call.n / 2)) : call.n;
  const texts =
    call.role === 'student' ? responsesTo(call, written) : repeated(plantedVerdict(call, verdicts, seed), written);
  const distinct = has('duplicate-choices') ? repeated(texts[0] ?? '', written) : texts;
  const made = distinct.map((text, index) => choiceOf(text, call, choices, seed, index));
  return {
    choices: made,
    promptTokens: tokensIn(JSON.stringify(call.messages).length),
    completionTokens: tokensIn(made.reduce((sum, { content }) => sum + content.length, 0)),
  };
}

/** The JSON of the wire. */
export function wireBody(call: Call, { choices, promptTokens, completionTokens }: Completion): WireBody {
  return {
    id: `chatcmpl-${call.hash.slice(0, 24)}`,
    object: 'chat.completion',
    created: 1_760_000_000,
    model: call.model,
    choices: choices.map(({ content, finish, isRefusal }, index) => ({
      index,
      message: { role: 'assistant', content: isRefusal ? null : content, refusal: isRefusal ? content : null },
      finish_reason: finish,
      logprobs: null,
    })),
    usage: {
      prompt_tokens: promptTokens,
      completion_tokens: completionTokens,
      total_tokens: promptTokens + completionTokens,
    },
  };
}

export type WireBody = Readonly<Record<string, unknown>>;

function responsesTo(call: Call, count: number): string[] {
  const messages = hashOfMessages(call);
  return Array.from({ length: count }, (_, index) => plantedResponse(call, messages, index));
}

function choiceOf(
  text: string,
  call: Call,
  planted: readonly Planted<ChoiceFault>[],
  seed: number,
  index: number,
): Choice {
  const has = (fault: ChoiceFault['fault']) => isStruck(planted, call, seed, fault, String(index));
  if (has('refusal')) return { content: 'I would rather not answer that.', finish: 'stop', isRefusal: true };
  const instruction = has('instruction')
    ? instructionFor(call.hash, index)
    : has('unknown-instruction') && unknownInstruction;
  const whole = call.role === 'student' && instruction ? `${text} ${instruction}` : text;
  return has('cut-off')
    ? { content: whole.slice(0, Math.floor(whole.length / 2)), finish: 'length', isRefusal: false }
    : { content: whole, finish: 'stop', isRefusal: false };
}

function isStruck(
  planted: readonly Planted<ChoiceFault>[],
  call: Call,
  seed: number,
  fault: ChoiceFault['fault'],
  subject: string,
): boolean {
  return planted.some(
    (one, place) => one.fault === fault && strikes(one, place, call, seed, `${call.hash} ${subject}`),
  );
}

function repeated(text: string, count: number): string[] {
  return Array.from({ length: count }, () => text);
}

function tokensIn(characters: number): number {
  return Math.ceil(characters / 4);
}
