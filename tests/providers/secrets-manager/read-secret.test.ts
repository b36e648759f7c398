import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { CredentialRefused, ProviderOverloaded } from '../../../core/errors.ts';
import { readSecret } from '../../../providers/secrets-manager/read-secret.ts';
import { awsEnvironment, type SecretAnswer, startSecretsManager } from './secrets-server.ts';

const arn = 'arn:aws:secretsmanager:us-west-2:123456789012:secret:ratchet/openai-AbCdEf';
let answer: SecretAnswer;
let service: Awaited<ReturnType<typeof startSecretsManager>>;
const environment = process.env;
beforeEach(async () => {
  service = await startSecretsManager(() => answer);
  process.env = { ...environment, ...awsEnvironment, AWS_ENDPOINT_URL_SECRETS_MANAGER: service.url };
});
afterEach(() => {
  process.env = environment;
  service.close();
});

test('a secret is read by its ARN, in its own region', async () => {
  answer = { SecretString: 'sk-1' };

  expect(await readSecret(arn, 'OPENAI_API_KEY')).toBe('sk-1');
  expect(service.requests).toEqual([{ target: 'secretsmanager.GetSecretValue', id: arn, region: 'us-west-2' }]);
});

test("and by its name, in the function's region", async () => {
  answer = { SecretString: 'sk-1' };

  expect(await readSecret('ratchet/openai', 'OPENAI_API_KEY')).toBe('sk-1');
  expect(service.requests).toEqual([
    { target: 'secretsmanager.GetSecretValue', id: 'ratchet/openai', region: 'eu-west-1' },
  ]);
});

test('a binary secret is refused', async () => {
  answer = { SecretBinary: 'c2stMQ==' };

  await expect(readSecret(arn, 'OPENAI_API_KEY')).rejects.toThrow('it is binary. Store the key as text.');
});

describe('what waiting does not help is refused, with the variable, the secret and what to do', () => {
  test.each([
    ['ResourceNotFoundException', 'there is no such secret, or it has no value yet.'],
    ['AccessDeniedException', "Allow the function's role secretsmanager:GetSecretValue on it"],
    ['DecryptionFailure', 'Allow the role kms:Decrypt on its KMS key'],
    ['InvalidRequestException', 'it is marked for deletion. Restore it'],
    ['InvalidParameterException', 'it has no valid ARN or name.'],
    ['ExpiredTokenException', 'the AWS credentials are missing, wrong or expired.'],
    ['UnrecognizedClientException', 'the AWS credentials are missing, wrong or expired.'],
  ])('%s', async (type, remedy) => {
    answer = { status: 400, type };
    const reading = readSecret(arn, 'OPENAI_API_KEY');

    await expect(reading).rejects.toThrow(CredentialRefused);
    await expect(reading).rejects.toThrow('The key OPENAI_API_KEY could not be read from the secret ratchet/openai:');
    await expect(reading).rejects.toThrow(remedy);
  });

  test('where there are no credentials', async () => {
    delete process.env['AWS_ACCESS_KEY_ID'];

    await expect(readSecret(arn, 'OPENAI_API_KEY')).rejects.toThrow(CredentialRefused);
    expect(service.requests).toEqual([]);
  });

  test('where there is no region', async () => {
    delete process.env['AWS_REGION'];

    await expect(readSecret('ratchet/openai', 'OPENAI_API_KEY')).rejects.toThrow(
      'no AWS region is set. Set AWS_REGION.',
    );
  });
});

describe('what waiting helps is overload', () => {
  test.each([
    [400, 'ThrottlingException'],
    [500, 'InternalServiceError'],
    [503, 'ServiceUnavailable'],
  ])('%i %s', async (status, type) => {
    answer = { status, type };
    const reading = readSecret(arn, 'OPENAI_API_KEY');

    await expect(reading).rejects.toThrow(ProviderOverloaded);
    await expect(reading).rejects.toThrow(
      `from the secret ratchet/openai: Secrets Manager does not answer as it should (${type}`,
    );
  });

  test('where nobody listens', async () => {
    service.close();

    await expect(readSecret(arn, 'OPENAI_API_KEY')).rejects.toThrow(ProviderOverloaded);
  });
});
