import { describe, expect, test } from '@jest/globals';
import { CredentialRefused, ProviderOverloaded } from '../../../core/errors.ts';
import { secretKeys } from '../../../providers/secrets-manager/secret-keys.ts';

/** A secret whose text can be replaced, and that counts who reads it. */
function secretOf(text: string) {
  const secret = { text, reads: 0, fails: undefined as Error | undefined, milliseconds: 0 };
  const read = async () => {
    secret.reads++;
    await Promise.resolve();
    if (secret.fails) throw secret.fails;
    return secret.text;
  };
  const now = () => new Date(secret.milliseconds);
  const keysOf = secretKeys({ now, read });
  return { secret, key: keysOf('ratchet/openai', 'OPENAI_API_KEY'), keysOf };
}

describe('the key in a secret', () => {
  test('is read once, however many ask for it at a time and later', async () => {
    const { secret, key, keysOf } = secretOf('sk-1');

    const asked = await Promise.all(Array.from({ length: 20 }, () => key.apiKey()));

    expect(new Set(asked)).toEqual(new Set(['sk-1']));
    expect(await keysOf('ratchet/openai', 'OPENAI_API_KEY').apiKey()).toBe('sk-1');
    expect(secret.reads).toBe(1);
  });

  test('is not read before somebody asks', () => {
    expect(secretOf('sk-1').secret.reads).toBe(0);
  });

  test('says where it is', () => {
    expect(secretOf('sk-1').key.keyPlace).toBe('the key OPENAI_API_KEY in the secret ratchet/openai');
  });

  test('that could not be read is read again by who asks next', async () => {
    const { secret, key } = secretOf('sk-1');
    secret.fails = new ProviderOverloaded('busy');
    const asked = await Promise.allSettled([key.apiKey(), key.apiKey()]);
    secret.fails = undefined;

    expect(asked.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await key.apiKey()).toBe('sk-1');
    expect(secret.reads).toBe(2);
  });

  test('that was none is read again once it is corrected', async () => {
    const { secret, key } = secretOf('{"half":');
    await expect(key.apiKey()).rejects.toThrow(CredentialRefused);
    secret.text = 'sk-1';

    expect(await key.apiKey()).toBe('sk-1');
  });

  test('is another for each variable that shares the secret', async () => {
    const { keysOf } = secretOf('{"STUDENT_KEY": "sk-s", "TEACHER_KEY": "sk-t"}');

    expect(await keysOf('both', 'STUDENT_KEY').apiKey()).toBe('sk-s');
    expect(await keysOf('both', 'TEACHER_KEY').apiKey()).toBe('sk-t');
  });
});

describe('a key that the endpoint refuses', () => {
  test('is read again, once for all that were refused at the same time', async () => {
    const { secret, key } = secretOf('sk-1');
    await key.apiKey();
    secret.text = 'sk-2';

    expect(await Promise.all([key.apiKey('sk-1'), key.apiKey('sk-1'), key.apiKey('sk-1')])).toEqual(
      Array(3).fill('sk-2'),
    );
    expect(await key.apiKey('sk-1')).toBe('sk-2');
    expect(await key.apiKey()).toBe('sk-2');
    expect(secret.reads).toBe(2);
  });

  test('is read again at most once a minute', async () => {
    const { secret, key } = secretOf('sk-1');
    await key.apiKey();
    await key.apiKey('sk-1');
    secret.text = 'sk-2';
    secret.milliseconds = 59_999;

    expect(await key.apiKey('sk-1')).toBe('sk-1');
    expect(secret.reads).toBe(2);

    secret.milliseconds = 60_000;

    expect(await key.apiKey('sk-1')).toBe('sk-2');
    expect(secret.reads).toBe(3);
  });

  test('stays the key where reading it again fails, and is read by the next who is refused', async () => {
    const { secret, key } = secretOf('sk-1');
    await key.apiKey();
    secret.fails = new ProviderOverloaded('busy');

    await expect(key.apiKey('sk-1')).rejects.toThrow('busy');
    expect(await key.apiKey()).toBe('sk-1');

    secret.fails = undefined;
    secret.text = 'sk-2';

    expect(await key.apiKey('sk-1')).toBe('sk-2');
  });
});
