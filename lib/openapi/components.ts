import * as z from 'zod';
import {
  answerApprovalSchema,
  listPairsSchema,
  listRunsSchema,
  problemSchema,
  reportLinkSchema,
  rollBackSchema,
  runListSchema,
  runViewSchema,
  startRunSchema,
  stopRunSchema,
  studentViewSchema,
} from '../../core/api.ts';
import { checkSchema } from '../../core/checks/check.ts';
import { pairListSchema } from '../../core/pair-list.ts';
import { preferencePairSchema } from '../../core/pairs/preference-pair.ts';
import { promptSchema } from '../../core/prompt.ts';
import { lineageEntrySchema } from '../../core/report.ts';
import { usageSchema } from '../../core/usage.ts';

const requests = {
  StartRun: startRunSchema,
  ListRuns: listRunsSchema,
  StopRun: stopRunSchema,
  AnswerApproval: answerApprovalSchema,
  ListPairs: listPairsSchema,
  RollBack: rollBackSchema,
};
const answers = {
  RunView: runViewSchema,
  RunList: runListSchema,
  PairList: pairListSchema,
  ReportLink: reportLinkSchema,
  StudentView: studentViewSchema,
  Problem: problemSchema,
  PreferencePair: preferencePairSchema,
  Prompt: promptSchema,
  LineageEntry: lineageEntrySchema,
  Usage: usageSchema,
};

export type JsonSchemaNode = z.core.JSONSchema.BaseSchema;

/** The schemas by their names in the document; parts that are shared refer to each other. */
export function schemasByName(): Record<string, JsonSchemaNode> {
  return { ...named(requests, 'input'), ...named(answers, 'output') };
}

/** The name of a schema that a route takes or gives. */
export function nameOf(schema: z.ZodType): string {
  const found = Object.entries({ ...requests, ...answers }).find(([, each]) => each === schema);
  if (!found) throw new Error('A schema of lib/api/routes.ts has no name in lib/openapi/components.ts.');
  return found[0];
}

export function reference(name: string): { readonly $ref: string } {
  return { $ref: `#/components/schemas/${name}` };
}

function named(schemas: Readonly<Record<string, z.ZodType>>, io: 'input' | 'output'): Record<string, JsonSchemaNode> {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(schemas)) registry.add(schema, { id });
  const made = z.toJSONSchema(registry, { io, uri: (id) => reference(id).$ref, unrepresentable: 'any', override });
  return Object.fromEntries(
    Object.entries(made.schemas).map(([name, { $schema: _, $id: __, ...schema }]) => [name, schema]),
  );
}

/** What a validator wants to know and a reader does not. */
function override({ zodSchema, jsonSchema }: { zodSchema: z.core.$ZodTypes; jsonSchema: JsonSchemaNode }): void {
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
  // The format says it, and the pattern takes ten lines.
  if (jsonSchema.format === 'date-time') delete jsonSchema.pattern;
  if (zodSchema === checkSchema) {
    for (const key of Object.keys(jsonSchema)) delete jsonSchema[key];
    Object.assign(jsonSchema, {
      type: 'object',
      description: 'One check by code; docs/checks.md has every kind and its options',
      properties: { kind: { type: 'string' } },
      required: ['kind'],
      additionalProperties: true,
    });
  }
}
