import type { Teacher, TeacherAnswer, TeacherRequest } from '../ports.ts';
import type { Prompt } from '../prompt.ts';
import { seedFor } from '../random.ts';
import { type Price, priced, type Usage } from '../usage.ts';
import { comparisonQuestion, type JudgedText, type JudgeQuestion, type Rubric } from './judge-prompt.ts';
import { readComparison } from './read-answer.ts';
import type { Comparison } from './verdict.ts';

export interface AskSettings {
  readonly rubric: Rubric;
  readonly maxTokens: number;
  readonly price: Price;
}

/** One comparison by the teacher, in the order given: asked, read and priced. The same key asks the same question. */
export async function askComparison(
  prompt: Prompt,
  shown: readonly [JudgedText, JudgedText],
  teacher: Teacher,
  settings: AskSettings,
  key: string,
): Promise<{ comparison: Comparison; usage: Usage }> {
  const [first, second] = shown;
  const questionKey = `${key} ${first.id} ${second.id}`;
  const question = comparisonQuestion(prompt, settings.rubric, shown, questionKey);
  const { answer, usage } = await askTeacher(teacher, question, settings, seedFor(key, questionKey), {
    logprobs: true,
  });
  return { comparison: readComparison(answer, question), usage };
}

/** Puts any question to the teacher; the calls it took come from the answer, the price from the loop file. */
export async function askTeacher(
  teacher: Teacher,
  question: JudgeQuestion,
  settings: Pick<AskSettings, 'maxTokens' | 'price'>,
  seed: number,
  wish: Pick<TeacherRequest, 'logprobs'> = {},
): Promise<{ answer: TeacherAnswer; usage: Usage }> {
  const { messages, schema } = question;
  const answer = await teacher.ask({ messages, schema, maxTokens: settings.maxTokens, seed, ...wish });
  return { answer, usage: { ...priced(answer.tokens, settings.price), calls: answer.calls } };
}
