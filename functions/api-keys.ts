import * as z from 'zod';
import { CredentialRefused, InvalidInput } from '../core/errors.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** What RATCHET_SECRETS holds: the secret (its ARN, or its name) of each variable that a loop names. */
const secretsSchema = z.record(z.string(), z.string().min(1));

/**
 * The key that `apiKeyEnv` names in the loop file. In a deployed function it is in the secret that RATCHET_SECRETS names for
 * it, `{"OPENAI_API_KEY": "<ARN>"}`; elsewhere it is the environment variable's value. Throws CredentialRefused where it is in neither.
 */
export function apiKeys<Secret>(
  environment: Environment,
  secretKey: (id: string, variable: string) => Secret,
): (variable: string) => Secret | { readonly apiKey: string } {
  return (variable) => {
    const secrets = secretsIn(environment);
    const id = secrets && Object.hasOwn(secrets, variable) ? secrets[variable] : undefined;
    if (id !== undefined) return secretKey(id, variable);
    const apiKey = environment[variable]?.trim();
    if (apiKey) return { apiKey };
    throw new CredentialRefused(
      `The environment variable ${variable}, which apiKeyEnv names in the loop file, is not set${secrets ? ', and no secret is named for it. Name one and deploy again' : ''}.`,
    );
  };
}

function secretsIn({ RATCHET_SECRETS: text }: Environment): Readonly<Record<string, string>> | undefined {
  if (!text) return undefined;
  const read = secretsSchema.safeParse(jsonIn(text));
  if (read.success) return read.data;
  // Without its text: whoever set it wrongly may have put a key there.
  throw new InvalidInput('RATCHET_SECRETS', ['it has to be JSON that maps variables to ARNs of secrets']);
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
