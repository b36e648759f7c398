import { CloudFormationClient, DescribeStacksCommand, ListStackResourcesCommand } from '@aws-sdk/client-cloudformation';
import { CloudWatchLogsClient, DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import { ListStateMachinesCommand, SFNClient } from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { bootstrap, deploy, destroy } from './emulator/cdk.ts';
import { type Emulator, startEmulator } from './emulator/start-emulator.ts';

const loop = 'loops/support-desk.yaml';
/** Nobody calls it here. */
const context = { sandboxUrl: 'http://127.0.0.1:9/v1' };

let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator();
  await bootstrap(emulator);
});
afterAll(async () => {
  await emulator?.stop();
});

function clientsOf({ endpoint }: Emulator) {
  const account = { accessKeyId: '000000000000', secretAccessKey: 'secret' };
  const options = { endpoint, region: 'us-east-1', credentials: account };
  return {
    stacks: new CloudFormationClient(options),
    logs: new CloudWatchLogsClient(options),
    buckets: new S3Client({ ...options, forcePathStyle: true }),
    machines: new SFNClient(options),
  };
}

test('the CDK command line deploys a loop, changes nothing when nothing has changed, and destroys all but what is kept', async () => {
  const { stacks, logs, buckets, machines } = clientsOf(emulator);
  const namesOfBuckets = async () => (await buckets.send(new ListBucketsCommand())).Buckets?.map(({ Name }) => Name);
  const before = await namesOfBuckets();

  const { outputs } = await deploy(emulator, loop, context);
  expect(Object.keys(outputs).toSorted()).toEqual(['ApiUrl', 'Bucket', 'LoopName', 'StateMachine']);
  const resources = await stacks.send(new ListStackResourcesCommand({ StackName: 'ratchet-support-desk' }));
  expect(resources.StackResourceSummaries?.length).toBeGreaterThan(90);

  expect((await deploy(emulator, loop, context)).log).toContain('(no changes)');

  await destroy(emulator, loop, context);
  const gone = stacks.send(new DescribeStacksCommand({ StackName: 'ratchet-support-desk' }));
  await expect(gone).rejects.toThrow('does not exist');
  expect((await machines.send(new ListStateMachinesCommand())).stateMachines).toEqual([]);
  expect((await logs.send(new DescribeLogGroupsCommand())).logGroups).toEqual([]);
  expect(await namesOfBuckets()).toEqual([...(before ?? []), outputs['Bucket']]);
});
