import { join } from 'node:path';
import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import {
  DescribeExecutionCommand,
  type DescribeExecutionOutput,
  DescribeMapRunCommand,
  GetExecutionHistoryCommand,
  ListMapRunsCommand,
  RedriveExecutionCommand,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { bootstrap, type Deployment, deployApp } from './cdk.ts';
import { type Emulator, startEmulator } from './start-emulator.ts';
import { until } from './until.ts';

/** What we need of AWS, and MiniStack does only as corrected: see the head of corrections.patch. */
let emulator: Emulator;
let outputs: Deployment['outputs'];
let machines: SFNClient;

beforeAll(async () => {
  emulator = await startEmulator({ waitScale: 0.01 });
  await bootstrap(emulator);
  ({ outputs } = await deployApp(emulator, `node ${join(import.meta.dirname, 'corrections-app.ts')}`));
  machines = new SFNClient(clientSettings());
}, 300_000);

afterAll(async () => {
  machines?.destroy();
  await emulator?.stop();
});

describe('a failed task', () => {
  test('has the name of the error that was thrown', async () => {
    expect(await endOf(await start('CallsArn', { failWith: 'TrainingFailed' }))).toMatchObject({
      status: 'FAILED',
      error: 'TrainingFailed',
    });
  });

  test('is retried by the name of its error', async () => {
    const execution = await start('CallsArn', { failWith: 'ProviderOverloaded' });
    await endOf(execution);

    expect((await historyOf(execution)).filter((type) => type === 'TaskScheduled')).toHaveLength(3);
  });

  test('is a Runtime.ExitError when the process died', async () => {
    expect(await endOf(await start('CallsArn', { dies: true }))).toMatchObject({ error: 'Runtime.ExitError' });
  });

  test('fails a state that waits for a task token, at once', async () => {
    expect(await endOf(await start('AsksArn', { failWith: 'StoreUnavailable' }))).toMatchObject({
      error: 'StoreUnavailable',
    });
  });
});

describe('an execution', () => {
  test('is started once by one name and input', async () => {
    const first = await start('CallsArn', { milliseconds: 1000 }, 'once');
    const second = await start('CallsArn', { milliseconds: 1000 }, 'once');

    expect(second).toBe(first);
    await expect(start('CallsArn', { milliseconds: 999 }, 'once')).rejects.toThrow('already exists');
  });

  test('stays stopped, and its Map starts no further item', async () => {
    const execution = await start('MapsArn', { atOnce: 2, items: Array(20).fill({ milliseconds: 200 }) });
    await until('item under way', async () => ((await countsOf(execution))?.running ? true : undefined));
    await machines.send(new StopExecutionCommand({ executionArn: execution }));
    const counts = await until('quiet Map', async () => {
      const seen = await countsOf(execution);
      return seen?.running === 0 && seen.pending === 0 ? seen : undefined;
    });

    expect(counts.succeeded).toBeLessThan(10);
    expect(await endOf(execution)).toMatchObject({ status: 'ABORTED' });
  });

  test('goes on from the state that failed when it is redriven', async () => {
    const execution = await start('CallsArn', { failWith: 'TrainingFailed' });
    await endOf(execution);
    await machines.send(new RedriveExecutionCommand({ executionArn: execution }));
    await endOf(execution);
    const history = await historyOf(execution);

    expect(history.slice(history.indexOf('ExecutionRedriven'))).toEqual([
      'ExecutionRedriven',
      'TaskStateEntered',
      'TaskScheduled',
      'TaskFailed',
      'ExecutionFailed',
    ]);
  });
});

test('a Map has the concurrency that its path names', async () => {
  const execution = await start('MapsArn', { atOnce: 3, items: [{}, {}, {}, {}] });
  await endOf(execution);

  expect(await mapRunOf(execution)).toMatchObject({ maxConcurrency: 3 });
});

test('a request that is not of its model is refused', async () => {
  const url = `${emulator.endpoint}/_aws/execute-api/${outputs['ApiId']}/prod/`;
  const send = async (body: object) => (await fetch(url, { method: 'POST', body: JSON.stringify(body) })).status;

  expect(await send({})).toBe(400);
  expect(await send({ run: 'one' })).toBe(200);
});

test('a schedule tells its function when it was due', async () => {
  const logs = new CloudWatchLogsClient(clientSettings());
  const logGroupName = `/aws/lambda/${outputs['WorkerName']}`;
  const message = await until('log line of the schedule', async () => {
    const { events } = await logs.send(new FilterLogEventsCommand({ logGroupName, filterPattern: '"scheduled at"' }));
    return events?.[0]?.message;
  });
  logs.destroy();

  expect(message).toMatch(/scheduled at \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/);
});

test('a TLS-only bucket takes what comes over loopback', async () => {
  const store = new S3Client({ ...clientSettings(), forcePathStyle: true });
  const { ETag } = await store.send(new PutObjectCommand({ Bucket: outputs['BucketName'], Key: 'key', Body: 'text' }));
  store.destroy();

  expect(ETag).toBeDefined();
});

function clientSettings() {
  const credentials = { accessKeyId: '000000000000', secretAccessKey: 'secret' };
  return { endpoint: emulator.endpoint, region: 'us-east-1', credentials };
}

async function start(machine: string, input: object, name?: string): Promise<string> {
  const { executionArn } = await machines.send(
    new StartExecutionCommand({ stateMachineArn: outputs[machine]!, name, input: JSON.stringify(input) }),
  );
  return executionArn!;
}

async function endOf(executionArn: string): Promise<DescribeExecutionOutput> {
  return until('end of the execution', async () => {
    const execution = await machines.send(new DescribeExecutionCommand({ executionArn }));
    return execution.status === 'RUNNING' ? undefined : execution;
  });
}

async function historyOf(executionArn: string): Promise<string[]> {
  const { events = [] } = await machines.send(new GetExecutionHistoryCommand({ executionArn }));
  return events.map(({ type }) => type!);
}

async function mapRunOf(executionArn: string) {
  const { mapRuns = [] } = await machines.send(new ListMapRunsCommand({ executionArn }));
  const mapRunArn = mapRuns[0]?.mapRunArn;
  return mapRunArn === undefined ? undefined : machines.send(new DescribeMapRunCommand({ mapRunArn }));
}

async function countsOf(executionArn: string) {
  return (await mapRunOf(executionArn))?.itemCounts;
}
