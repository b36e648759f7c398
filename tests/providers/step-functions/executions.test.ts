import { SFNClient } from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { CredentialRefused, ProviderOverloaded, ProviderRejectedRequest } from '../../../core/errors.ts';
import { stepFunctions } from '../../../providers/step-functions/executions.ts';
import { MemoryExecutions } from '../../fakes/memory-executions.ts';
import { executionsContract } from './executions-contract.ts';
import { startSfn } from './sfn-server.ts';

executionsContract('the fake', async () => {
  const executions = new MemoryExecutions();
  return { executions, script: executions };
});

let server: Awaited<ReturnType<typeof startSfn>>;
let client: SFNClient;
beforeAll(async () => {
  server = await startSfn();
  client = new SFNClient({
    endpoint: server.url,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'key', secretAccessKey: 'secret' },
    maxAttempts: 1,
  });
});
beforeEach(() => server.reset());
afterAll(async () => {
  client.destroy();
  await server.close();
});
const make = () => stepFunctions({ stateMachineArn: server.machine, client });

executionsContract('Step Functions', async () => ({ executions: make(), script: server.script }));

describe('Step Functions', () => {
  test('an execution has the ARN that its state machine and its name make', async () => {
    const { arn } = await make().start('run-1', {});

    expect(arn).toBe('arn:aws:states:eu-west-1:123456789012:execution:ratchet-desk:run-1');
    expect((await make().describe('run-1'))?.arn).toBe(arn);
  });

  test('one that took too long has failed, and says so', async () => {
    await make().start('run-1', {});
    server.timeOut('run-1');

    expect(await make().describe('run-1')).toMatchObject({ status: 'failed', error: 'States.Timeout' });
  });

  test('a refusal goes out as ApprovalRefused, and a long cause is cut to what fits', async () => {
    await make().start('run-1', {});

    await make().answer(server.script.wait('run-1'), { approved: false, cause: 'no '.repeat(20_000) });

    const { action, body } = server.requests.at(-1)!;
    expect([action, body['error']]).toEqual(['SendTaskFailure', 'ApprovalRefused']);
    expect(String(body['cause'])).toHaveLength(32_768);
  });

  test.each([
    ['ThrottlingException', 400, ProviderOverloaded],
    ['ExecutionLimitExceeded', 400, ProviderOverloaded],
    ['InternalFailure', 500, ProviderOverloaded],
    ['AccessDeniedException', 400, CredentialRefused],
    ['UnrecognizedClientException', 400, CredentialRefused],
    ['StateMachineDoesNotExist', 400, ProviderRejectedRequest],
    ['InvalidArn', 400, ProviderRejectedRequest],
  ])('%s (%i) is told as what its reader can do', async (type, status, expected) => {
    server.refusals.push({ status, type });

    const starting = make().start('run-1', {});

    await expect(starting).rejects.toThrow(expected);
    await expect(starting).rejects.toThrow(`start run-1 (${type}`);
  });

  test('a server that is not there is worth another try', async () => {
    const nobody = new SFNClient({
      endpoint: 'http://127.0.0.1:9',
      region: 'eu-west-1',
      maxAttempts: 1,
      credentials: { accessKeyId: 'k', secretAccessKey: 's' },
    });

    await expect(stepFunctions({ stateMachineArn: server.machine, client: nobody }).describe('run-1')).rejects.toThrow(
      ProviderOverloaded,
    );
  });
});
