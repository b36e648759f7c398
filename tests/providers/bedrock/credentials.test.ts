import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { CredentialRefused } from '../../../core/errors.ts';
import { awsCredentials } from '../../../providers/bedrock/credentials.ts';

const lambda = { AWS_ACCESS_KEY_ID: 'ASIAEXAMPLE', AWS_SECRET_ACCESS_KEY: 'secret', AWS_SESSION_TOKEN: 'session' };
/** The chain reads the process's own environment: here there is nothing to find in it. */
const nothing = {
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_CONFIG_FILE: '/dev/null',
  AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
};

let directory: string;
const environment = process.env;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ratchet-credentials-'));
  process.env = { PATH: environment['PATH'], ...nothing };
});
afterEach(async () => {
  process.env = environment;
  await rm(directory, { recursive: true });
});

describe('the credentials', () => {
  test('of a Lambda function are those of its role, in its environment', async () => {
    expect(await awsCredentials(lambda)()).toEqual({
      accessKeyId: 'ASIAEXAMPLE',
      secretAccessKey: 'secret',
      sessionToken: 'session',
    });
  });

  test('say until when they are good, where the environment does', async () => {
    const found = await awsCredentials({ ...lambda, AWS_CREDENTIAL_EXPIRATION: '2026-11-25T10:00:00Z' })();

    expect(found.expiration).toEqual(new Date('2026-11-25T10:00:00Z'));
  });

  test('are those of a profile where one is set, as with the AWS SDK', async () => {
    const file = join(directory, 'credentials');
    await writeFile(file, '[desk]\naws_access_key_id = AKIDESK\naws_secret_access_key = of-the-desk\n');
    Object.assign(process.env, { AWS_PROFILE: 'desk', AWS_SHARED_CREDENTIALS_FILE: file });

    const found = await awsCredentials({ ...lambda, AWS_PROFILE: 'desk' })();

    expect([found.accessKeyId, found.secretAccessKey]).toEqual(['AKIDESK', 'of-the-desk']);
  });

  test('that are nowhere are refused, with what to do', async () => {
    const asking = awsCredentials({})();

    await expect(asking).rejects.toThrow(CredentialRefused);
    await expect(asking).rejects.toThrow('Set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY');
    await expect(asking).rejects.toThrow('or name a key with apiKeyEnv');
  });
});
