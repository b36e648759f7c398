import { expect, test } from '@jest/globals';
import { ratchet } from '../command-line.ts';
import { startStack } from './fake-stack.ts';

const refusals: readonly (readonly [string, readonly string[], string])[] = [
  [
    'a stack that there is not',
    ['status', '--stack', 'other'],
    'there is none in eu-west-1; check the name, the region',
  ],
  ['a store and a stack', ['status', '--store', '.', '--stack', 'ratchet-small'], 'give --store or --stack, not both'],
  ['a name that no run can have', ['status', 'Small', '--stack', 'ratchet-small'], 'use 1 to 80 lower-case letters'],
  ['stop without a stack', ['stop', 'small-1'], 'give --stack: a run on this machine is stopped by Ctrl-C'],
  ['--follow without a stack', ['status', '--follow'], '--follow: give --stack too'],
  [
    'both answers',
    ['resume', '--approve', '--reject', '--stack', 'ratchet-small'],
    'give --approve or --reject, not both',
  ],
];

test.each(refusals)('%s is refused, with what to do', async (_, words, told) => {
  const stack = await startStack({});
  const { stdout, stderr, code } = await ratchet(words, undefined, { env: stack.env });
  await stack.close();

  expect({ code, stdout }).toEqual({ code: 2, stdout: [] });
  expect(stderr).toContain(told);
});

test('a stack that is not deployed to its end says so', async () => {
  const stack = await startStack({});
  stack.withOutputs({ Bucket: 'small-bucket' });
  const { stderr, code } = await ratchet(['models', '--stack', 'ratchet-small'], undefined, { env: stack.env });
  await stack.close();

  expect(code).toBe(2);
  expect(stderr).toContain('it is CREATE_COMPLETE and has no output ApiUrl; wait until it is deployed');
});

test('without credentials it says how to get some', async () => {
  const stack = await startStack({});
  const { AWS_ACCESS_KEY_ID: _, ...env } = stack.env;
  const { stderr, code } = await ratchet(['models', '--stack', 'ratchet-small'], undefined, { env });
  await stack.close();

  expect(code).toBe(1);
  expect(stderr).toMatch(/^CredentialRefused: .*no AWS credentials were found; set AWS_PROFILE, or sign in/);
});

test('without a region it says where to name one', async () => {
  const stack = await startStack({});
  const { AWS_REGION: _, ...env } = stack.env;
  const { stderr, code } = await ratchet(['models', '--stack', 'ratchet-small'], undefined, { env });
  await stack.close();

  expect(code).toBe(2);
  expect(stderr).toContain('no AWS region is set; set AWS_REGION');
});

test('an account that is away is an error to try again after', async () => {
  const stack = await startStack({});
  await stack.close();
  const { stderr, code } = await ratchet(['models', '--stack', 'ratchet-small'], undefined, { env: stack.env });

  expect(code).toBe(1);
  expect(stderr).toMatch(
    /^ProviderOverloaded: Ratchet can't look for the stack ratchet-small \(.*ECONNREFUSED.*try again later\.$/m,
  );
});
