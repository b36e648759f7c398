import { z } from 'zod';

/** The part of JSON Schema that our schemas use; `allowed` is ours, from `.meta()`. */
export interface SchemaNode {
  readonly description?: string;
  readonly allowed?: string;
  readonly default?: unknown;
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly format?: string;
  readonly minLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly minItems?: number;
  readonly items?: SchemaNode;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: SchemaNode | false;
  readonly anyOf?: readonly SchemaNode[];
  readonly oneOf?: readonly SchemaNode[];
}

export type Path = readonly PropertyKey[];

/** Made once: that of a loop file takes 10 ms. */
const made = new WeakMap<z.ZodType, SchemaNode>();

/** A schema as data, of what a person writes: defaults still to be filled in. */
export function schemaNode(schema: z.ZodType): SchemaNode {
  const found = made.get(schema);
  if (found) return found;
  const settings = { io: 'input', unrepresentable: 'any', override: withoutSafeBounds } as const;
  const node = z.toJSONSchema(schema, settings) as SchemaNode;
  made.set(schema, node);
  return node;
}

/** Says of every integer that it is one a double can hold: true, and no help to a reader. */
function withoutSafeBounds({ jsonSchema }: { jsonSchema: { minimum?: number; maximum?: number } }): void {
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
}

/** What may stand at a path: several nodes where the schema has alternatives, those alone that fit `value` if any does. */
export function nodesAt(schema: SchemaNode, path: Path, value: unknown): SchemaNode[] {
  let nodes = alternatives(schema, value);
  let inside = value;
  for (const step of path) {
    inside = valueAt(inside, [step]);
    nodes = nodes.flatMap((node) => childOf(node, step)).flatMap((node) => alternatives(node, inside));
  }
  return nodes;
}

export function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((inside, step) => {
    const isThere = typeof inside === 'object' && inside !== null && Object.hasOwn(inside, step);
    return isThere ? (inside as Record<PropertyKey, unknown>)[step] : undefined;
  }, value);
}

/** In words, for a message or a table: `a whole number from 2 to 16`. */
export function allowedAt(nodes: readonly SchemaNode[]): string {
  const phrases = [...new Set(nodes.flatMap(phrasesOf))];
  return [phrases.slice(0, -1).join(', '), phrases.at(-1)].filter(Boolean).join(' or ');
}

export function alternatives(node: SchemaNode, value: unknown): SchemaNode[] {
  const branches = (node.anyOf ?? node.oneOf)?.flatMap((branch) => alternatives(branch, value));
  if (!branches) return [node];
  const fitting = branches.filter((branch) =>
    Object.entries(branch.properties ?? {}).every(
      ([key, { const: tag }]) => tag === undefined || tag === valueAt(value, [key]),
    ),
  );
  return fitting.length > 0 ? fitting : branches;
}

function childOf(node: SchemaNode, step: PropertyKey): SchemaNode[] {
  const child = typeof step === 'number' ? node.items : node.properties?.[String(step)] || node.additionalProperties;
  return child ? [child] : [];
}

function phrasesOf(node: SchemaNode): string[] {
  if (node.allowed !== undefined) return [node.allowed];
  if (node.const !== undefined) return [JSON.stringify(node.const)];
  if (node.enum) return node.enum.map((one) => JSON.stringify(one));
  return [phraseOf(node)];
}

function phraseOf(node: SchemaNode): string {
  switch (node.type) {
    case 'string':
      if (node.format === 'uri') return 'an http(s) URL';
      return node.minLength ? 'text that is not empty' : 'text';
    case 'integer':
      return `a whole number${boundsOf(node)}`;
    case 'number':
      return `a number${boundsOf(node)}`;
    case 'boolean':
      return 'true or false';
    case 'array':
      return node.minItems ? 'a list with at least one entry' : 'a list';
    case 'object':
      return node.properties ? `a mapping with ${Object.keys(node.properties).join(', ')}` : mappingPhrase(node);
    default:
      return 'another value';
  }
}

function mappingPhrase(node: SchemaNode): string {
  return `a mapping of names to ${allowedAt(alternatives(node.additionalProperties || {}, undefined))}`;
}

function boundsOf(node: SchemaNode): string {
  if (node.minimum !== undefined && node.maximum !== undefined) return ` from ${node.minimum} to ${node.maximum}`;
  const bounds = [
    node.exclusiveMinimum !== undefined && `above ${node.exclusiveMinimum}`,
    node.minimum !== undefined && `of at least ${node.minimum}`,
    node.exclusiveMaximum !== undefined && `below ${node.exclusiveMaximum}`,
    node.maximum !== undefined && `of at most ${node.maximum}`,
  ].filter((bound) => bound !== false);
  return bounds.length > 0 ? ` ${bounds.join(' and ')}` : '';
}
