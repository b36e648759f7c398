import { Ajv2020 } from 'ajv/dist/2020.js';

export type Compiled = { fits(value: unknown): boolean } | { readonly fault: string };

const kept = new Map<string, Compiled>();
const MOST_KEPT = 100;

/**
 * A JSON Schema as a function, or what is wrong with it. Compiled ones are kept: the prompts of a loop often share one.
 * It is read as draft 2020-12, whatever `$schema` says; references to other documents are refused.
 */
export function schemaValidator(schema: Readonly<Record<string, unknown>>): Compiled {
  const text = JSON.stringify(schema);
  const known = kept.get(text);
  if (known) return known;
  if (kept.size >= MOST_KEPT) kept.clear();
  const compiled = compile(schema);
  kept.set(text, compiled);
  return compiled;
}

function compile({ $schema: _, ...schema }: Readonly<Record<string, unknown>>): Compiled {
  try {
    const validate = new Ajv2020({ strict: false, validateFormats: false, logger: false }).compile(schema);
    return { fits: (value) => validate(value) === true };
  } catch (error) {
    return { fault: error instanceof Error ? error.message : String(error) };
  }
}
