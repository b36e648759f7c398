import { CredentialRefused } from '../../core/errors.ts';
import { getSecretValue } from './get-secret-value.ts';
import { secretName } from './secret-name.ts';
import { translateError } from './translate-error.ts';

/**
 * The text of a secret, by its ARN or name; `variable` is what it is for. Throws CredentialRefused, ProviderOverloaded. This
 * module loads parts of the AWS SDK: import it when it is needed.
 */
export async function readSecret(id: string, variable: string): Promise<string> {
  const text = await getSecretValue(id).catch((cause: unknown) => {
    throw translateError(id, variable, cause);
  });
  if (text !== undefined) return text;
  throw new CredentialRefused(
    `The key ${variable} could not be read from the secret ${secretName(id)}: it is binary. Store the key as text.`,
  );
}
