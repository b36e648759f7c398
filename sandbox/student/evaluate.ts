import { type Prompt, textOf } from '../../core/prompt.ts';
import { assessReply } from '../support-desk/assess-reply.ts';
import { promptTokens, responseLimit } from './conversation.ts';
import { readPrompt, sampleResponse } from './sample.ts';
import type { Weights } from './shape.ts';

export interface PromptResponses {
  readonly prompt: string;
  readonly texts: readonly string[];
}

/** `n` responses at temperature 1 to each prompt; a function of weights, prompts and seed. */
export function responsesTo(
  weights: Weights,
  prompts: readonly Prompt[],
  { n, seed }: { readonly n: number; readonly seed: number },
): PromptResponses[] {
  return prompts.map((prompt) => {
    const turns = prompt.messages.map((message) => ({ role: message.role, text: textOf(message) }));
    const read = readPrompt(weights, promptTokens(turns));
    const settings = { temperature: 1, topP: 1, maxTokens: responseLimit };
    const texts = Array.from({ length: n }, (_, index) =>
      sampleResponse(weights, read, { ...settings, seed: `${seed}/${prompt.id}/${index}` }),
    );
    return { prompt: turns.at(-1)?.text ?? '', texts: texts.map(({ text }) => text) };
  });
}

/** Share of responses, one per prompt at temperature 1, that are fully right. */
export function shareRight(weights: Weights, prompts: readonly Prompt[], seed: number): number {
  const right = responsesTo(weights, prompts, { n: 1, seed }).filter(({ prompt, texts }) =>
    texts.some((text) => assessReply(prompt, text).complete),
  );
  return right.length / prompts.length;
}
