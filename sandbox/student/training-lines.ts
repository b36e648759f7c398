import { z } from 'zod';
import type { Sequence } from './batches.ts';
import { promptTokens, sequenceOf, type Turn } from './conversation.ts';
import type { Method } from './hyperparameters.ts';
import type { SequencePair } from './train-preference.ts';
import type { RewardedPrompt } from './train-reinforcement.ts';

const content = z.union([z.string(), z.array(z.looseObject({ type: z.string(), text: z.string().optional() }))]);
const message = z.looseObject({
  role: z.enum(['system', 'developer', 'user', 'assistant']),
  content,
  weight: z.union([z.literal(0), z.literal(1)]).optional(),
});
const prompt = z
  .array(message)
  .min(1, 'must not be empty')
  .refine((messages) => messages.at(-1)?.role === 'user', 'the last message must have the role user');
const answer = z
  .array(message)
  .length(1, 'must have exactly one message')
  .refine((messages) => messages[0]?.role === 'assistant', 'must have the role assistant');

/** One line of a training file, by method; the shapes of OpenAI's fine-tuning guide. */
export const lineSchemas = {
  supervised: z.looseObject({
    messages: z
      .array(message)
      .min(1, 'must not be empty')
      .refine((messages) => messages.at(-1)?.role === 'assistant', 'the last message must have the role assistant'),
  }),
  dpo: z.looseObject({
    input: z.looseObject({ messages: prompt }),
    preferred_output: answer,
    non_preferred_output: answer,
  }),
  reinforcement: z.looseObject({ messages: prompt }),
} as const satisfies Record<Method, z.ZodType>;

/** One sequence for each assistant message whose weight is not 0. */
export function supervisedSequences(lines: readonly unknown[]): Sequence[] {
  return lines
    .map((line) => lineSchemas.supervised.parse(line).messages)
    .flatMap((messages) =>
      messages.flatMap((one, index) =>
        one.role === 'assistant' && one.weight !== 0
          ? [sequenceOf(turnsOf(messages.slice(0, index)), textOf(one.content))]
          : [],
      ),
    );
}

export function preferencePairs(lines: readonly unknown[]): SequencePair[] {
  return lines.map((line) => {
    const { input, preferred_output, non_preferred_output } = lineSchemas.dpo.parse(line);
    const turns = turnsOf(input.messages);
    const sequence = (side: typeof preferred_output): Sequence => sequenceOf(turns, textOf(side[0]?.content ?? ''));
    return { chosen: sequence(preferred_output), rejected: sequence(non_preferred_output) };
  });
}

export function rewardedPrompts(lines: readonly unknown[]): RewardedPrompt[] {
  return lines.map((line) => {
    const item = lineSchemas.reinforcement.parse(line);
    return { turns: turnsOf(item.messages), item };
  });
}

function turnsOf(messages: readonly z.infer<typeof message>[]): Turn[] {
  return messages.map(({ role, content }) => ({
    role: role === 'developer' ? 'system' : role,
    text: textOf(content),
  }));
}

function textOf(value: z.infer<typeof content>): string {
  return typeof value === 'string' ? value : value.map((part) => part.text ?? '').join('\n');
}

/** What the steps are counted from: sequences, pairs or prompts. */
export function exampleCount(method: Method, lines: readonly unknown[]): number {
  return method === 'supervised' ? supervisedSequences(lines).length : lines.length;
}

/** Tokens that one epoch reads, as a bill would count them. */
export function trainedTokens(method: Method, lines: readonly unknown[]): number {
  const length = ({ tokens }: Sequence): number => tokens.length;
  const lengths = {
    supervised: () => supervisedSequences(lines).map(length),
    dpo: () => preferencePairs(lines).flatMap(({ chosen, rejected }) => [length(chosen), length(rejected)]),
    reinforcement: () => rewardedPrompts(lines).map(({ turns }) => promptTokens(turns).length),
  }[method]();
  return lengths.reduce((sum, one) => sum + one, 0);
}
