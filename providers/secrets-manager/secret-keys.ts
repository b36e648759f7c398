import { keyInSecret } from './key-in-secret.ts';
import { secretName } from './secret-name.ts';

/** A key that has just been rotated is there at once; asking more often for one that is simply wrong helps nobody. */
const RENEWED_AT_MOST_EACH_MS = 60_000;

export interface SecretKeysOptions {
  readonly now: () => Date;
  /** The text of a secret; given in tests. Throws CredentialRefused, ProviderOverloaded. */
  readonly read?: ((id: string, variable: string) => Promise<string>) | undefined;
}

export interface SecretKey {
  /** The key; after `refused`, which the endpoint did not take, a newer one if there is one. Throws as `read` does. */
  readonly apiKey: (refused?: string) => Promise<string>;
  /** For errors. */
  readonly keyPlace: string;
}

/** Keys out of Secrets Manager, each kept in memory and nowhere else, for whoever asks for it in this container. */
export function secretKeys({ now, read = readLazily }: SecretKeysOptions): (id: string, variable: string) => SecretKey {
  const kept = new Map<string, SecretKey>();
  return (id, variable) => {
    const place = JSON.stringify([id, variable]);
    const found = kept.get(place) ?? {
      apiKey: keptKey(async () => keyInSecret(await read(id, variable), variable, id), now),
      keyPlace: `the key ${variable} in the secret ${secretName(id)}`,
    };
    kept.set(place, found);
    return found;
  };
}

/** Loads the AWS SDK with the first key: a laptop, and a function without secrets, never do. */
async function readLazily(id: string, variable: string): Promise<string> {
  const { readSecret } = await import('./read-secret.ts');
  return readSecret(id, variable);
}

/** Read once, however many ask at a time, and again where it was refused. What failed is not kept. */
function keptKey(read: () => Promise<string>, now: () => Date): SecretKey['apiKey'] {
  let key: string | undefined;
  let reading: Promise<string> | undefined;
  let renewedAt = Number.NEGATIVE_INFINITY;

  async function readAgain(): Promise<string> {
    const isRenewal = key !== undefined;
    key = await read();
    if (isRenewal) renewedAt = now().getTime();
    return key;
  }

  return async (refused) => {
    const isOld = key !== undefined && key === refused && now().getTime() - renewedAt >= RENEWED_AT_MOST_EACH_MS;
    if (key !== undefined && !isOld) return key;
    reading ??= readAgain().finally(() => {
      reading = undefined;
    });
    return reading;
  };
}
