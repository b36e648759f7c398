import { z } from 'zod';
import type { GradedSample } from '../student/train-reinforcement.ts';
import { namesIn, parseExpression } from './calculate-output.ts';
import { type ChatMessage, type ChatModel, chatText } from './chat-model.ts';

const name = z.string().optional();
const scoreModel = z.looseObject({
  type: z.literal('score_model'),
  name,
  model: z.string(),
  input: z.array(z.looseObject({ role: z.enum(['system', 'developer', 'user', 'assistant']), content: z.unknown() })),
  /** A score outside is unreadable. */
  range: z.tuple([z.number(), z.number()]).default([0, 1]),
  sampling_params: z.looseObject({}).nullish(),
});
const leaf = z.discriminatedUnion('type', [
  z.looseObject({
    type: z.literal('string_check'),
    name,
    operation: z.enum(['eq', 'ne', 'like', 'ilike']),
    input: z.string(),
    reference: z.string(),
  }),
  z.looseObject({
    type: z.literal('text_similarity'),
    name,
    evaluation_metric: z.literal('fuzzy_match', 'the sandbox has the evaluation_metric fuzzy_match only'),
    input: z.string(),
    reference: z.string(),
  }),
  scoreModel,
]);
type Leaf = z.infer<typeof leaf>;
const multi = z
  .looseObject({
    type: z.literal('multi'),
    name,
    graders: z.record(z.string(), leaf),
    calculate_output: z.string(),
  })
  .superRefine(({ graders, calculate_output }, context) => {
    try {
      parseExpression(calculate_output);
      const unknown = namesIn(calculate_output).filter((one) => !Object.hasOwn(graders, one));
      if (unknown.length > 0) throw new SyntaxError(`no grader named ${unknown.join(', ')}`);
    } catch (cause) {
      context.addIssue({ code: 'custom', path: ['calculate_output'], message: (cause as Error).message });
    }
  });

/** A reinforcement job's grader, in OpenAI's shapes. `python` graders are refused: the sandbox runs no foreign code. */
export const graderSchema = z.union([leaf, multi]);
export type Grader = z.infer<typeof graderSchema>;

/** A reward, or why there is none. An unreadable grade is never a number. */
export type Grade =
  | { readonly kind: 'graded'; readonly reward: number }
  | { readonly kind: 'ungraded'; readonly reason: string };

export type FindModel = (id: string) => Promise<ChatModel | undefined>;

/** The chat models that a grader asks. */
export function modelsOf(grader: Grader): string[] {
  const leaves = grader.type === 'multi' ? Object.values(grader.graders) : [grader];
  return leaves.flatMap((one) => (one.type === 'score_model' ? [one.model] : []));
}

export async function gradeSample(
  grader: Grader,
  sample: GradedSample,
  find: FindModel,
  signal: AbortSignal,
): Promise<Grade> {
  if (grader.type !== 'multi') return gradeLeaf(grader, sample, find, signal);
  const values: Record<string, number> = {};
  for (const [key, one] of Object.entries(grader.graders)) {
    const grade = await gradeLeaf(one, sample, find, signal);
    if (grade.kind === 'ungraded') return grade;
    values[key] = grade.reward;
  }
  const reward = parseExpression(grader.calculate_output)(values);
  return Number.isFinite(reward) ? { kind: 'graded', reward } : ungraded('calculate_output is not a number');
}

async function gradeLeaf(grader: Leaf, sample: GradedSample, find: FindModel, signal: AbortSignal): Promise<Grade> {
  if (grader.type === 'score_model') return scoreByModel(grader, sample, find, signal);
  const input = fill(grader.input, sample);
  const reference = fill(grader.reference, sample);
  if (input === undefined || reference === undefined) return ungraded('a template names a field that the line lacks');
  const reward =
    grader.type === 'text_similarity'
      ? similarity(input, reference)
      : Number(agrees(grader.operation, input, reference));
  return { kind: 'graded', reward };
}

async function scoreByModel(
  grader: z.infer<typeof scoreModel>,
  sample: GradedSample,
  find: FindModel,
  signal: AbortSignal,
): Promise<Grade> {
  const model = await find(grader.model);
  if (!model) return ungraded(`no model ${grader.model}`);
  const texts = grader.input.map((message) => fill(chatText(message as ChatMessage), sample));
  if (!texts.every((text) => text !== undefined)) return ungraded('a template names a field that the line lacks');
  const messages = texts.map((content, index) => ({ role: grader.input[index]?.role ?? 'user', content }));
  try {
    const request = { ...grader.sampling_params, model: grader.model, messages };
    const { choices } = await model.respond(request, { signal, callIndex: 0 });
    return readScore(choices[0]?.content ?? '', grader.range);
  } catch (cause) {
    signal.throwIfAborted();
    return ungraded(`the model failed: ${(cause as Error).message}`);
  }
}

/** `{"score": 7}` or a lone number. */
function readScore(text: string, [low, high]: readonly [number, number]): Grade {
  const score = scoreIn(text.trim());
  if (score === undefined) return ungraded('the answer holds no score');
  if (score < low || score > high) return ungraded('the score is out of range');
  return { kind: 'graded', reward: score };
}

function scoreIn(text: string): number | undefined {
  try {
    const value = JSON.parse(text) as unknown;
    const score = typeof value === 'object' && value !== null ? (value as { score?: unknown }).score : value;
    return typeof score === 'number' && Number.isFinite(score) ? score : undefined;
  } catch {
    return undefined;
  }
}

/** `{{sample.output_text}}` and `{{item.path.to.field}}`; absent if a path leads nowhere. */
function fill(template: string, { item, text }: GradedSample): string | undefined {
  let complete = true;
  const filled = template.replaceAll(/\{\{\s*([\w.]+)\s*\}\}/g, (_, path: string) => {
    const root: unknown = { item, sample: { output_text: text } };
    const value = path.split('.').reduce<unknown>((at, key) => (isObject(at) ? at[key] : undefined), root);
    if (value === undefined) complete = false;
    return typeof value === 'string' ? value : JSON.stringify(value ?? null);
  });
  return complete ? filled : undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function agrees(operation: 'eq' | 'ne' | 'like' | 'ilike', input: string, reference: string): boolean {
  switch (operation) {
    case 'eq':
      return input === reference;
    case 'ne':
      return input !== reference;
    case 'like':
      return input.includes(reference);
    case 'ilike':
      return input.toLowerCase().includes(reference.toLowerCase());
  }
}

/** 0 to 1: twice the longest common subsequence over both lengths, as rapidfuzz's `ratio`. */
function similarity(a: string, b: string): number {
  let row = new Uint32Array(b.length + 1);
  for (const letter of a) {
    const next = new Uint32Array(b.length + 1);
    for (let i = 0; i < b.length; i++) {
      next[i + 1] = letter === b[i] ? (row[i] as number) + 1 : Math.max(row[i + 1] as number, next[i] as number);
    }
    row = next;
  }
  return a.length + b.length === 0 ? 1 : (2 * (row[b.length] as number)) / (a.length + b.length);
}

function ungraded(reason: string): Grade {
  return { kind: 'ungraded', reason };
}
