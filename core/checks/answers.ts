import * as z from 'zod';
import { answeredNumber } from '../text/numbers.ts';
import { schemaValidator } from './json-schema.ts';
import { defineKind } from './kind.ts';

/**
 * The number that the response answers with, see core/text/numbers.ts; `1,000.0` and `1e3` are 1000. `tolerance` is how
 * far it may be off, either way.
 */
export const number = defineKind(
  z.strictObject({ kind: z.literal('number'), equals: z.number(), tolerance: z.number().gt(0).optional() }),
  {
    passes: ({ equals, tolerance }, text) => {
      const answer = answeredNumber(text);
      return answer !== undefined && (answer === equals || Math.abs(answer - equals) <= (tolerance ?? 0));
    },
    nameOf: ({ equals, tolerance }) => `the answer is ${equals}${tolerance === undefined ? '' : ` ± ${tolerance}`}`,
  },
);

/** The whole response is one JSON value; where `fenced` is given, a code fence may stand around it. */
export const json = defineKind(z.strictObject({ kind: z.literal('json'), fenced: z.boolean().optional() }), {
  passes: ({ fenced }, text) => parsedJson(fenced ? withoutFence(text) : text) !== undefined,
  nameOf: () => 'is JSON',
});

/** The response, or its first fenced block if it has one, is JSON that fits a JSON Schema (2020-12, formats not checked). */
export const jsonSchema = defineKind(
  z.strictObject({
    kind: z.literal('json-schema'),
    schema: z.record(z.string(), z.unknown()).superRefine((schema, context) => {
      const compiled = schemaValidator(schema);
      if ('fault' in compiled) context.addIssue({ code: 'custom', message: `not a JSON Schema: ${compiled.fault}` });
    }),
  }),
  {
    passes: ({ schema }, text) => {
      const parsed = parsedJson(firstFenced(text) ?? text);
      const compiled = schemaValidator(schema);
      return parsed !== undefined && 'fits' in compiled && compiled.fits(parsed.value);
    },
    nameOf: ({ schema }) => `fits the JSON Schema${typeof schema['title'] === 'string' ? ` ${schema['title']}` : ''}`,
  },
);

function parsedJson(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

/** As IFEval takes it off: what begins with a fence need not end with one. */
function withoutFence(text: string): string {
  return text
    .trim()
    .replace(/^(?:```json)?(?:```Json)?(?:```JSON)?(?:```)?/, '')
    .replace(/```$/, '')
    .trim();
}

function firstFenced(text: string): string | undefined {
  return /```[^\n`]*\n(.*?)```/s.exec(text)?.[1];
}
