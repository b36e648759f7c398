import { closest, distance } from 'fastest-levenshtein';
import type { z } from 'zod';
import { allowedAt, nodesAt, type Path, type SchemaNode, valueAt } from './schema-nodes.ts';

type Issue = z.core.$ZodIssue;

/** What a person wrote, and where each of its keys stands. */
export interface Written {
  readonly value: unknown;
  /** The line of the key, or of the nearest one above it that is there; undefined for the whole. */
  lineOf(path: Path): number | undefined;
}

/**
 * Every problem as one sentence, in the order of the lines: the path, the line, the value, and what is allowed.
 * Of one place the first problem is told; the others come from it. `schema` is what made the issues, as data.
 */
export function describeProblems(issues: readonly Issue[], written: Written, schema: SchemaNode): string[] {
  const first = new Map(
    issues
      .flatMap(separate)
      .toReversed()
      .map((issue) => [JSON.stringify(issue.path), issue]),
  );
  return [...first.values()]
    .toReversed()
    .map((issue) => ({ issue, line: written.lineOf(issue.path) ?? Number.POSITIVE_INFINITY }))
    .sort((a, b) => (a.line === b.line ? 0 : a.line - b.line))
    .map(({ issue }) => `${placeOf(issue.path, written)}: ${sentence(issue, written.value, schema)}`);
}

/** `student.endpoint (line 12)` */
export function placeOf(path: Path, written: Written): string {
  const line = written.lineOf(path);
  return line === undefined ? pathText(path) : `${pathText(path)} (line ${line})`;
}

/** A value as a message may show it: short, on one line, and never a secret. */
export function shown(value: unknown): string {
  if (value === null) return 'an empty value (null)';
  if (Array.isArray(value)) return value.length > 0 ? 'a list' : 'an empty list';
  if (typeof value === 'object') return 'a mapping';
  if (typeof value !== 'string') return String(value);
  return looksSecret.test(value) ? hidden : JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
}

const hidden = 'what stands here (not shown, it may be a secret)';
/** Keys as vendors begin them, and a password in a URL. */
const looksSecret = /^\s*(?:(?:sk|pk|rk|gsk|hf|xai)[-_]|AKIA|ASIA|Bearer )[-\w]{8,}|:\/\/[^/]*@/;

/** One issue for each unknown key, and for a union what is wrong within the one alternative that was meant. */
function separate(issue: Issue): Issue[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ ...issue, keys: [key], path: [...issue.path, key] }));
  }
  if (issue.code !== 'invalid_union') return [issue];
  const [meant, ...more] = issue.errors.filter((branch) => branch.every((inner) => inner.path.length > 0));
  if (!meant || more.length > 0) return [issue];
  return meant.map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] })).flatMap(separate);
}

function sentence(issue: Issue, whole: unknown, schema: SchemaNode): string {
  const above = nodesAt(schema, issue.path.slice(0, -1), whole);
  if (issue.code === 'unrecognized_keys') return `unknown key; ${suggestion(String(issue.path.at(-1)), keysOf(above))}`;

  const value = valueAt(whole, issue.path);
  const nodes = nodesAt(schema, issue.path, whole);
  // What no schema can say as data, a schema says in its own words.
  const inWords = issue.code === 'custom' || (issue.code === 'invalid_format' && !nodes.some((node) => node.allowed));
  const isUrl = issue.code === 'invalid_format' && issue.format === 'url';
  const remedy = inWords && !isUrl ? issue.message : `give ${allowedAt(nodes)}`;

  if (value === undefined) return `missing; ${remedy}`;
  if (issue.code === 'custom' && typeof value === 'object') return remedy;
  return `${valueFor(issue.path, value)} is not allowed; ${remedy}${hint(value, nodes, above, issue.path)}`;
}

function valueFor(path: Path, value: unknown): string {
  return path.at(-1) === 'apiKeyEnv' ? hidden : shown(value);
}

/** What people trip over in YAML: a text that looks like a number, a key left with nothing after it. */
function hint(value: unknown, nodes: readonly SchemaNode[], above: readonly SchemaNode[], path: Path): string {
  const key = String(path.at(-1));
  if (value === null && !above.some((node) => node.required?.includes(key))) return ', or leave the key out';
  const isBareWord = typeof value === 'number' || typeof value === 'boolean';
  return isBareWord && nodes.every((node) => node.type === 'string') && !nodes.some((node) => node.enum)
    ? ', in quotes'
    : '';
}

function keysOf(nodes: readonly SchemaNode[]): string[] {
  return [...new Set(nodes.flatMap((node) => Object.keys(node.properties ?? {})))];
}

/** The nearest known name, or all of them. */
export function suggestion(key: string, known: readonly string[]): string {
  if (known.length === 0) return 'remove it';
  const nearest = closest(key.toLowerCase(), known);
  const isNear = distance(key.toLowerCase(), nearest.toLowerCase()) <= Math.max(2, nearest.length / 3);
  return isNear ? `did you mean "${nearest}"?` : `known here: ${known.join(', ')}`;
}

function pathText(path: Path): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`;
    const name = /^[\w$-]{1,60}$/.test(String(step)) && !looksSecret.test(String(step)) ? String(step) : shown(step);
    return text === '' ? name : `${text}.${name}`;
  }, '');
}
