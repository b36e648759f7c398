import { z } from 'zod';
import { InvalidInput } from '../core/errors.ts';

/** A flag as the command line gives it: `-c retain=false`. */
const flag = z.union([z.boolean(), z.enum(['true', 'false']).transform((word) => word === 'true')]);
/** A list or a record as cdk.json has it, or as text: `-c notify=a@example.com,b@example.com`. */
const list = z.union([z.array(z.string()), z.string().transform((text) => text.split(',').map((part) => part.trim()))]);
const record = z.union([
  z.record(z.string(), z.string()),
  z.string().transform((text) =>
    Object.fromEntries(
      text.split(',').map((pair) => {
        const [name = '', ...value] = pair.split('=');
        return [name.trim(), value.join('=').trim()];
      }),
    ),
  ),
]);
const keyArn = z.string().regex(/^arn:[\w-]+:kms:[\w-]+:\d{12}:key\/[\w-]+$/);
const nameOrArnOfSecret = /^([\w/+=.@-]{1,512}|arn:[\w-]+:secretsmanager:[^,\s]+)$/;

/**
 * The settings of a stack, from cdk.json or `-c name=value`: all that a loop file doesn't say because it is about an account
 * and not about a student.
 */
export const settingsSchema = z.strictObject({
  loop: z.string().min(1).meta({ description: 'Path of the loop file', allowed: 'the path of a loop file' }),
  secrets: record
    .pipe(z.record(z.string().regex(/^[A-Z][A-Z0-9_]*$/), z.string().regex(nameOrArnOfSecret)))
    .default({})
    .meta({
      description: 'For each apiKeyEnv of the loop file the name or ARN of the secret that holds the key',
      allowed: 'apiKeyEnv=NAME or apiKeyEnv=ARN, with commas between them: OPENAI_API_KEY=openai-key',
    }),
  secretsKey: keyArn.optional().meta({
    description: 'ARN of the KMS key of yours that these secrets are encrypted with, if they are',
    allowed: 'the ARN of a key: arn:aws:kms:REGION:ACCOUNT:key/ID',
  }),
  notify: list.pipe(z.array(z.email())).default([]).meta({
    description: 'E-mail addresses that are told of every ending, alarm and question',
    allowed: 'e-mail addresses, with commas between them',
  }),
  retain: flag.default(true).meta({
    description: 'Whether the bucket with all runs and students outlives the stack',
    allowed: 'true or false',
  }),
  kmsKey: keyArn.optional().meta({
    description: 'ARN of a KMS key that encrypts the bucket, logs, topic, queue, schedule and environment',
    allowed: 'the ARN of a key: arn:aws:kms:REGION:ACCOUNT:key/ID',
  }),
  vpc: z
    .string()
    .regex(/^vpc-[0-9a-f]+$/)
    .optional()
    .meta({ description: 'Id of a VPC whose private subnets the functions run in', allowed: 'the id of a VPC: vpc-…' }),
  logDays: z.coerce
    .number()
    .int()
    .min(1)
    .max(3653)
    .default(90)
    .meta({ description: 'Days that logs are kept', allowed: 'a whole number from 1 to 3653' }),
  sandboxUrl: z
    .url({ protocol: /^https?$/ })
    .optional()
    .meta({
      description: 'Where "endpoint: sandbox" is, as the functions see it: for trials only',
      allowed: 'a URL that begins with http:// or https://',
    }),
});
export type Settings = z.infer<typeof settingsSchema>;

/** Reads the settings from where CDK keeps them. Throws InvalidInput with every wrong one, and what is allowed. */
export function readSettings(contextOf: (name: string) => unknown): Settings {
  const given = Object.keys(settingsSchema.shape)
    .map((name): [string, unknown] => [name, contextOf(name) ?? undefined])
    .filter(([, value]) => value !== undefined);
  const read = settingsSchema.safeParse(Object.fromEntries(given));
  if (read.success) return read.data;
  const problems = read.error.issues.map(({ path }) => `${path.join('.')}: ${allowedFor(path[0])}`);
  throw new InvalidInput('The settings of the stack (cdk.json, or -c name=value)', [...new Set(problems)]);
}

function allowedFor(name: PropertyKey | undefined): unknown {
  return settingsSchema.shape[name as keyof Settings].meta()?.['allowed'];
}
