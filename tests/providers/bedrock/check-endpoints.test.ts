import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { checkEndpoints } from '../../../bin/check-endpoints.ts';
import { type Loop, loopDocumentSchema } from '../../../core/loop.ts';
import { awsEnvironment } from '../secrets-manager/secrets-server.ts';

/** The chain of the AWS SDK reads the process's own environment: here there is nothing to find in it. */
const environment = process.env;
beforeEach(() => {
  const { AWS_ACCESS_KEY_ID: _, AWS_SECRET_ACCESS_KEY: __, ...nothing } = awsEnvironment;
  process.env = { PATH: environment['PATH'], ...nothing };
});
afterEach(() => {
  process.env = environment;
});

function loopWith(teacher: object): Loop {
  return loopDocumentSchema.parse({
    name: 'desk',
    student: { endpoint: 'sandbox', model: 'base' },
    teacher: { model: 'openai.gpt-oss-120b', ...teacher },
    rubric: { purpose: 'A desk.', rules: ['Help.'] },
    heldOutShare: 0,
  });
}
const endpoint = 'https://bedrock-mantle.us-west-2.api.aws/v1';

test('Bedrock without apiKeyEnv wants AWS credentials, which is told before anything starts', async () => {
  const checking = checkEndpoints(loopWith({ endpoint }), {});

  await expect(checking).rejects.toThrow(
    'teacher.endpoint: Bedrock is called without apiKeyEnv, and no AWS credentials were found',
  );
  await expect(checking).rejects.toThrow('Set AWS_PROFILE');
});

test('with apiKeyEnv it wants that key, and no credentials', async () => {
  const checking = checkEndpoints(loopWith({ endpoint, apiKeyEnv: 'AWS_BEARER_TOKEN_BEDROCK' }), {});

  await expect(checking).rejects.toThrow(
    'teacher.apiKeyEnv: the environment variable AWS_BEARER_TOKEN_BEDROCK is not set',
  );
});

test('with credentials nothing is missing but an answer', async () => {
  const nowhere = 'https://bedrock-mantle.xx-nowhere-1.api.aws/v1';
  const answers = await checkEndpoints(loopWith({ endpoint: nowhere }), awsEnvironment).catch(
    (error: Error) => error.message,
  );

  expect(answers ?? '').not.toContain('credentials');
});

test('any other endpoint without apiKeyEnv wants neither', async () => {
  await expect(checkEndpoints(loopWith({ endpoint: 'http://127.0.0.1:1/v1' }), {})).rejects.toThrow(
    'teacher.endpoint: http://127.0.0.1:1/v1 does not answer',
  );
});
