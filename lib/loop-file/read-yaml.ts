import { readFile } from 'node:fs/promises';
import { type Alias, type Document, isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, visit } from 'yaml';
import type { z } from 'zod';
import { InvalidInput } from '../../core/errors.ts';
import { describeProblems, type Written } from './describe-problems.ts';
import { decodedUtf8, foreignFormat } from './encoding.ts';
import { fileProblem } from './file-problem.ts';
import { shortened } from './problem-list.ts';
import { type Path, schemaNode } from './schema-nodes.ts';

export interface YamlFile<T> {
  readonly content: T;
  readonly written: Written;
}

/** Reads a file that the user wrote. Throws InvalidInput with every problem at once. */
export async function readYaml<S extends z.ZodType>(path: string, schema: S): Promise<YamlFile<z.output<S>>> {
  return parseYaml(path, await textOf(path), schema);
}

/** `name` is what messages call the text. */
export function parseYaml<S extends z.ZodType>(name: string, text: string, schema: S): YamlFile<z.output<S>> {
  const lines = new LineCounter();
  const document = parseDocument(text, { prettyErrors: false, lineCounter: lines, merge: true });
  const problems = [...syntaxProblems(document, lines), ...aliasProblems(document, lines)];
  if (document.errors.some((error) => error.code !== 'DUPLICATE_KEY'))
    throw new InvalidInput(name, shortened(problems));

  const written = { value: contentOf(document, name, problems), lineOf: lineFinder(document, lines) };
  const notMapping = problemOfKind(written.value);
  if (notMapping !== undefined) throw new InvalidInput(name, [...problems, notMapping]);
  const parsed = schema.safeParse(written.value);
  if (!parsed.success) problems.push(...describeProblems(parsed.error.issues, written, schemaNode(schema)));
  if (!parsed.success || problems.length > 0) throw new InvalidInput(name, shortened(problems));
  return { content: parsed.data, written };
}

async function textOf(path: string): Promise<string> {
  const bytes = await bytesOf(path);
  const foreign = foreignFormat(bytes);
  const text = foreign === undefined ? decodedUtf8(bytes) : undefined;
  if (text === undefined) throw new InvalidInput(path, [foreign ?? 'it is not UTF-8 text; save the file as UTF-8']);
  return text;
}

async function bytesOf(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (cause) {
    const problem = fileProblem(cause);
    if (problem === undefined) throw cause;
    throw new InvalidInput(path, [problem], { cause });
  }
}

function syntaxProblems(document: Document, lines: LineCounter): string[] {
  return [...document.errors, ...document.warnings].map((error) => {
    const { line, col } = lines.linePos(error.pos[0]);
    return `line ${line}, column ${col}: ${syntaxSentence(error.code, error.message)}`;
  });
}

function syntaxSentence(code: string, message: string): string {
  switch (code) {
    case 'DUPLICATE_KEY':
      return 'this key stands twice in its mapping; keep one';
    case 'MULTIPLE_DOCS':
      return 'a second document begins; keep one document a file';
    case 'TAB_AS_INDENT':
      return 'a tab indents this line; indent with spaces';
    case 'RESOURCE_EXHAUSTION':
      return 'it is nested too deep; a loop file needs four levels';
    case 'TAG_RESOLVE_FAILED':
      return 'this tag (!) is unknown; write the value without it';
    case 'BAD_DIRECTIVE':
      return 'this directive (%) is unknown; remove the line';
    default:
      // After a colon the parser quotes the file, and that could be a key pasted by mistake.
      return `not YAML: ${message.replace(/: .*$/s, '')}`;
  }
}

/** The parser finds them only when it builds the value, without saying where. */
function aliasProblems(document: Document.Parsed | Document, lines: LineCounter): string[] {
  const unknown: Alias[] = [];
  visit(document, {
    Alias(_key, alias) {
      if (!alias.resolve(document)) unknown.push(alias);
    },
  });
  return unknown.map((alias) => {
    const { line, col } = lines.linePos(alias.range?.[0] ?? 0);
    return `line ${line}, column ${col}: this alias (*) has no anchor (&) above it; define the anchor first`;
  });
}

function contentOf(document: Document, name: string, problems: readonly string[]): unknown {
  try {
    return document.toJS();
  } catch (cause) {
    const problem = 'its aliases multiply into more than a loop file can mean; write the values out';
    throw new InvalidInput(name, problems.length > 0 ? shortened(problems) : [problem], { cause });
  }
}

function problemOfKind(value: unknown): string | undefined {
  const remedy = 'write keys and values, such as "name: my-loop"; docs/loop-file.md has an example';
  if (value === null || value === undefined) return `it is empty; ${remedy}`;
  if (Array.isArray(value)) return `it is a list, not a mapping; ${remedy}`;
  if (typeof value !== 'object') return `it is plain text, not a mapping; ${remedy}`;
  return undefined;
}

function lineFinder(document: Document, lines: LineCounter): (path: Path) => number | undefined {
  return (path) => {
    let node: unknown = document.contents;
    let offset: number | undefined;
    for (const step of path) {
      if (isAlias(node)) node = node.resolve(document);
      const found = entryAt(node, step);
      if (!found) break;
      offset = found.offset ?? offset;
      node = found.node;
    }
    return offset === undefined ? undefined : lines.linePos(offset).line;
  };
}

function entryAt(node: unknown, step: PropertyKey): { offset: number | undefined; node: unknown } | undefined {
  if (isMap(node)) {
    const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(step));
    return pair && { offset: isScalar(pair.key) ? pair.key.range?.[0] : undefined, node: pair.value };
  }
  if (!isSeq(node) || typeof step !== 'number') return undefined;
  const item = node.items[step];
  return { offset: isScalar(item) || isMap(item) || isSeq(item) ? item.range?.[0] : undefined, node: item };
}
