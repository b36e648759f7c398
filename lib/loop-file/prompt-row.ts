import { z } from 'zod';
import { type Prompt, promptSchema } from '../../core/prompt.ts';
import { describeProblems } from './describe-problems.ts';
import { isIfevalLine, promptFromIfeval } from './ifeval-prompts.ts';
import { type SchemaNode, schemaNode } from './schema-nodes.ts';

/** A prompt as a person wrote it: the id may be left to us. */
export type WrittenPrompt = Omit<Prompt, 'id'> & { readonly id?: string | undefined };
export type ReadPrompt = { readonly prompt: WrittenPrompt } | { readonly problems: readonly string[] };

const optionalId = promptSchema.shape.id.optional();
const fullSchema = promptSchema.extend({ id: optionalId });
/** The short form: a message of the user, after one of the system where it is given. */
const shortSchema = promptSchema
  .omit({ messages: true })
  .extend({ id: optionalId, prompt: z.string().min(1), system: z.string().min(1).optional() });
const eitherNode: SchemaNode = { anyOf: [schemaNode(fullSchema), schemaNode(shortSchema)] };

/** One line of a prompts' file in any of the forms of docs/prompts.md: the prompt, or all that is wrong with it. */
export function promptOfRow(line: number, value: object): ReadPrompt {
  const refuse = (problem: string) => ({ problems: [`line ${line}: ${problem}`] });
  if (isIfevalLine(value)) {
    const read = promptFromIfeval(value);
    return 'problems' in read ? { problems: read.problems.map((problem) => `line ${line}: ${problem}`) } : read;
  }
  if ('prompt' in value && 'messages' in value) return refuse('it has both "prompt" and "messages"; keep one');
  const tools = toolKeys.find((key) => key in value);
  if (tools !== undefined) return refuse(`it has "${tools}", and students are asked without tools; take the key out`);
  if (responseOf(value) !== undefined && 'reference' in value) {
    return refuse("it has a reference, and its last message is the assistant's, which would be one too; keep one");
  }
  if (isGsm8k(value) && numberAtEnd(value.answer) === undefined) {
    const remedy = 'add it, or give the question as "prompt"';
    return refuse(`its answer does not end with a number, as in "#### 42"; ${remedy}`);
  }
  return parsed(line, isGsm8k(value) ? withNumberChecked(value) : withoutResponse(value));
}

/** In lines for fine-tuning with tools. A prompt without them would ask for something else. */
const toolKeys = ['tools', 'functions', 'tool_choice', 'parallel_tool_calls'];

function parsed(line: number, value: object): ReadPrompt {
  const read = 'prompt' in value ? shortSchema.safeParse(value) : fullSchema.safeParse(value);
  if (!read.success) {
    return { problems: describeProblems(read.error.issues, { value, lineOf: () => line }, eitherNode) };
  }
  if (!('prompt' in read.data)) return { prompt: read.data };
  const { prompt: content, system, ...rest } = read.data;
  const instructions = system === undefined ? [] : [{ role: 'system' as const, content: system }];
  return { prompt: { ...rest, messages: [...instructions, { role: 'user', content }] } };
}

const responseSchema = z.strictObject({
  role: z.literal('assistant'),
  content: z.string(),
  weight: z.literal(1).optional(),
});

/** Lines for supervised fine-tuning end with the response that they teach. */
function responseOf(value: object): string | undefined {
  const messages = messagesOf(value);
  const last = responseSchema.safeParse(messages.at(-1));
  return last.success && messages.length > 1 ? last.data.content : undefined;
}

/** The response becomes the reference; `weight` speaks to the trainer about messages that are not trained on here. */
function withoutResponse(value: object): object {
  const reference = responseOf(value);
  if (reference === undefined) return value;
  const messages = messagesOf(value).slice(0, -1);
  return { ...value, messages: messages.map(withoutWeight), reference };
}

function messagesOf(value: object): unknown[] {
  return 'messages' in value && Array.isArray(value.messages) ? value.messages : [];
}

function withoutWeight(message: unknown): unknown {
  if (typeof message !== 'object' || message === null || !('weight' in message)) return message;
  const { weight: _, ...rest } = message;
  return rest;
}

interface Gsm8k {
  readonly question: string;
  readonly answer: string;
}

/** The form of gsm8k (arXiv 2110.14168): a question, and an answer that ends with `#### <number>`. */
function isGsm8k(value: object): value is Gsm8k {
  if ('prompt' in value || 'messages' in value) return false;
  return 'question' in value && 'answer' in value && typeof value.answer === 'string';
}

function numberAtEnd(answer: string): number | undefined {
  const number = Number(/#### *(-?[\d,.]*\d)\s*$/.exec(answer)?.[1]?.replaceAll(',', ''));
  return Number.isNaN(number) ? undefined : number;
}

function withNumberChecked({ question, answer, ...rest }: Gsm8k): object {
  const checks = [{ kind: 'number', equals: numberAtEnd(answer) }];
  return { checks, reference: answer, ...rest, prompt: question };
}
