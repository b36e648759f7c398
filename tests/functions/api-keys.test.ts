import { describe, expect, test } from '@jest/globals';
import { CredentialRefused, InvalidInput } from '../../core/errors.ts';
import { apiKeys } from '../../functions/api-keys.ts';

const arn = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:ratchet/openai-AbCdEf';
const secrets = JSON.stringify({ OPENAI_API_KEY: arn });
const keyOf = (environment: Readonly<Record<string, string>>) =>
  apiKeys(environment, (id, variable) => ({ id, variable }))('OPENAI_API_KEY');

describe('the key that a loop names', () => {
  test('is in the environment variable', () => {
    expect(keyOf({ OPENAI_API_KEY: ' sk-1\n' })).toEqual({ apiKey: 'sk-1' });
  });

  test('is in the secret that is named for it, where one is', () => {
    expect(keyOf({ RATCHET_SECRETS: secrets })).toEqual({ id: arn, variable: 'OPENAI_API_KEY' });
    expect(keyOf({ RATCHET_SECRETS: secrets, OPENAI_API_KEY: 'sk-1' })).toEqual({
      id: arn,
      variable: 'OPENAI_API_KEY',
    });
  });

  test('is in the variable where a secret is named for another', () => {
    expect(keyOf({ RATCHET_SECRETS: '{"OTHER_KEY": "other"}', OPENAI_API_KEY: 'sk-1' })).toEqual({ apiKey: 'sk-1' });
  });

  test.each([
    [{}, /OPENAI_API_KEY, which apiKeyEnv names in the loop file, is not set\.$/],
    [{ OPENAI_API_KEY: ' \n' }, /is not set\.$/],
    [{ RATCHET_SECRETS: '' }, /is not set\.$/],
    [{ RATCHET_SECRETS: '{}' }, /is not set, and no secret is named for it\. Name one and deploy again\.$/],
  ])('is refused where it is nowhere: %j', (environment, message) => {
    const asking = () => keyOf(environment as Record<string, string>);

    expect(asking).toThrow(CredentialRefused);
    expect(asking).toThrow(message);
  });

  test.each([
    'sk-planted-1234',
    '["sk-planted-1234"]',
    '{"OPENAI_API_KEY": ["sk-planted-1234"]}',
    '{"OPENAI_API_KEY": ""}',
  ])('is refused where RATCHET_SECRETS is %s, without showing it', (text) => {
    const asking = () => keyOf({ RATCHET_SECRETS: text });

    expect(asking).toThrow(InvalidInput);
    expect(asking).toThrow(expect.objectContaining({ message: expect.not.stringContaining('planted') }));
  });
});
