import { createReadStream } from 'node:fs';
import { z } from 'zod';
import { InvalidInput } from '../../core/errors.ts';
import { type Prompt, promptSchema } from '../../core/prompt.ts';
import { conversationHash } from '../../core/split-held-out.ts';
import { describeProblems, shortened, shown } from './describe-problems.ts';
import { fileProblem } from './file-problem.ts';
import { type NumberedLine, numberedLines } from './numbered-lines.ts';
import { type SchemaNode, schemaNode } from './schema-nodes.ts';

const LINE_LIMIT_BYTES = 1_048_576;

const optionalId = promptSchema.shape.id.optional();
/** A prompt as the product keeps it; the id may be left to us. */
const fullSchema = promptSchema.extend({ id: optionalId });
/** The short form: one message of the user. */
const shortSchema = promptSchema.omit({ messages: true }).extend({ id: optionalId, prompt: z.string().min(1) });
const eitherNode: SchemaNode = { anyOf: [schemaNode(fullSchema), schemaNode(shortSchema)] };

/** Reads a JSONL file of prompts, whole or not at all. Throws InvalidInput with up to 20 problems and a count of the rest. */
export async function readPrompts(path: string): Promise<Prompt[]> {
  try {
    return await parsePrompts(path, createReadStream(path));
  } catch (cause) {
    const problem = fileProblem(cause);
    if (problem === undefined) throw cause;
    throw new InvalidInput(path, [problem], { cause });
  }
}

/** `name` is what messages call the file. A prompt without an id gets the hash of its conversation as its id. */
export async function parsePrompts(name: string, chunks: AsyncIterable<Uint8Array>): Promise<Prompt[]> {
  const prompts: Prompt[] = [];
  const problems: string[] = [];
  const ids = new Map<string, Given>();
  for await (const line of numberedLines(chunks, LINE_LIMIT_BYTES)) {
    const read = readLine(line);
    if (read === undefined) continue;
    problems.push(...read.problems);
    if (!read.prompt) continue;
    const { id = conversationHash(read.prompt), ...rest } = read.prompt;
    problems.push(...duplicateId(id, { line: line.number, byUser: read.prompt.id !== undefined }, ids));
    prompts.push({ id, ...rest });
  }
  if (prompts.length === 0 && problems.length === 0) problems.push(nothingInIt);
  if (problems.length > 0) throw new InvalidInput(name, shortened(problems));
  return prompts;
}

const nothingInIt = 'there is no prompt in it; write one JSON object a line, such as {"prompt": "Where is my parcel?"}';

type FullPrompt = z.output<typeof fullSchema>;
type Read = { readonly prompt?: FullPrompt; readonly problems: readonly string[] };

/** Undefined for a line with nothing on it. */
function readLine({ number, bytes }: NumberedLine): Read | undefined {
  const refuse = (problem: string): Read => ({ problems: [`line ${number}: ${problem}`] });
  if (!bytes) return refuse('it is longer than 1 MiB; give images as URLs, or shorten the prompt');
  const text = decoded(bytes);
  if (text === undefined) return refuse('it is not UTF-8 text; save the file as UTF-8');
  // It trims a byte order mark too, which is no part of the JSON that follows it.
  const bare = text.trim();
  if (bare === '') return undefined;
  const parsed = parsedJson(bare);
  if ('fault' in parsed) return refuse(`it is not JSON (${parsed.fault}); write one JSON object a line`);
  const { value } = parsed;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return refuse(`${shown(value)} is not a prompt; write one JSON object a line`);
  }
  if ('prompt' in value && 'messages' in value) return refuse('it has both "prompt" and "messages"; keep one');
  return readPrompt(number, value);
}

function readPrompt(line: number, value: object): Read {
  const parsed = 'prompt' in value ? shortSchema.safeParse(value) : fullSchema.safeParse(value);
  if (!parsed.success) {
    return { problems: describeProblems(parsed.error.issues, { value, lineOf: () => line }, eitherNode) };
  }
  if (!('prompt' in parsed.data)) return { prompt: parsed.data, problems: [] };
  const { prompt: content, ...rest } = parsed.data;
  return { prompt: { ...rest, messages: [{ role: 'user', content }] }, problems: [] };
}

/** Where an id stands, and whether the user gave it. */
type Given = { readonly line: number; readonly byUser: boolean };

/** Ids that we make repeat with their conversation alone: staging counts those, and keeps the first. */
function duplicateId(id: string, given: Given, ids: Map<string, Given>): string[] {
  const earlier = ids.get(id);
  if (!earlier) ids.set(id, given);
  if (!earlier || !(earlier.byUser || given.byUser)) return [];
  return [`id (line ${given.line}): "${id}" stands on line ${earlier.line} already; give another id`];
}

function decoded(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function parsedJson(text: string): { readonly value: unknown } | { readonly fault: string } {
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    return { fault: error instanceof SyntaxError ? error.message : String(error) };
  }
}
