import type { JudgeSettings } from '../../../core/judging/judge-responses.ts';
import type { TeacherAnswer, TeacherRequest } from '../../../core/ports.ts';
import { type Message, type Prompt, textOf } from '../../../core/prompt.ts';
import type { Response, SampledPrompt } from '../../../core/response.ts';
import { noUsage } from '../../../core/usage.ts';

export const prompt: Prompt = { id: 'p-1', messages: [{ role: 'user', content: 'My kettle is late.' }] };

export const settings: JudgeSettings = {
  rubric: { purpose: 'A support desk.', rules: ['Help.', 'Be polite.'] },
  critiques: true,
  canaryShare: 0,
  maxTokens: 64,
  price: { prompt: 1, completion: 10 },
};

/** Response `p-1/<index>` with the text given; it fails the checks named. */
export function responseWith(
  index: number,
  text: string,
  more: Partial<Response> & { failed?: string[] } = {},
): Response {
  const { failed = [], ...rest } = more;
  const checks = { passed: 3 - failed.length, total: 3, failed };
  return { id: `p-1/${index}`, text, model: 'student', finish: 'stop', checks, ...rest };
}

export function sampledWith(responses: readonly Response[]): SampledPrompt {
  const sampling = { temperature: 1, topP: 1, maxTokens: 64, seed: 1 };
  return { prompt: 'p-1', responses: [...responses], missing: [], settings: sampling, usage: noUsage };
}

export function answerOf(text: string | undefined, more: Partial<TeacherAnswer> = {}): TeacherAnswer {
  return { text, finish: 'stop', tokens: { promptTokens: 0, completionTokens: 0 }, calls: 1, ...more };
}

/** The labelled responses of a question, in the order shown. */
export function shownIn(messages: readonly Message[]): { label: string; text: string }[] {
  const text = textOf(messages.at(-1) as Message);
  return [...text.matchAll(/<<<response (\w) \w+>>>\n([\s\S]*?)\n<<<end response/g)].map(
    ([, label = '', text = '']) => ({
      label,
      text,
    }),
  );
}

/** Texts that end in a number: the higher is the better, and equal numbers tie. */
export function numberJudge({ messages, schema }: TeacherRequest): { json: unknown } {
  const shown = shownIn(messages).map(({ label, text }) => ({ label, text, rank: Number(text.split(' ').at(-1)) }));
  if (schema.name === 'critiques') {
    return { json: Object.fromEntries(shown.map(({ label, text }) => [label, `About ${text}.`])) };
  }
  const [first, second] = shown as [(typeof shown)[0], (typeof shown)[0]];
  if (first.rank === second.rank) return { json: { winner: 'tie' } };
  // Canaries end in no number and lose.
  return { json: { winner: second.rank > first.rank || Number.isNaN(first.rank) ? second.label : first.label } };
}
