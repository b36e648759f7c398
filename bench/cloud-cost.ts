/**
 * What a run does in AWS, counted on the emulator: `npm run bench:cloud-cost`. Deploys a loop with the real CDK command line,
 * makes runs of several sizes against an endpoint with planted answers, and counts state transitions, Lambda time, requests
 * to S3, events and log bytes. From runs of different sizes follows what a run, a shard and a prompt take.
 * Prints tables in Markdown; docs/cost.md puts prices to them. It takes about five minutes.
 */
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { until } from '../tests/cloud/emulator/until.ts';
import { type BenchAccount, clientSettings, LOOP, openAccount, type Wish } from './cloud-cost/bench-account.ts';
import { countExecutions, endOf } from './cloud-cost/count-executions.ts';
import { countLogs } from './cloud-cost/count-logs.ts';
import type { Counted } from './cloud-cost/counted.ts';
import { fixedPartOf } from './cloud-cost/fixed-part.ts';
import { writeTables } from './cloud-cost/write-tables.ts';

const instant = { studentMs: 0, teacherMs: 0, callsAtOnce: 16 };
/** Five unknowns (run, shard and prompt of both sets) need five sizes that differ enough; two more than that tell how well they fit. */
const sizes: readonly Wish[] = [
  { run: 'a', train: 100, heldOut: 40, shards: { prompts: 20, atOnce: 4 }, ...instant },
  { run: 'b', train: 400, heldOut: 40, shards: { prompts: 20, atOnce: 4 }, ...instant },
  { run: 'c', train: 400, heldOut: 40, shards: { prompts: 80, atOnce: 4 }, ...instant },
  { run: 'd', train: 100, heldOut: 160, shards: { prompts: 20, atOnce: 4 }, ...instant },
  { run: 'e', train: 200, heldOut: 160, shards: { prompts: 40, atOnce: 4 }, ...instant },
  { run: 'f', train: 100, heldOut: 160, shards: { prompts: 80, atOnce: 4 }, ...instant },
];
/** With the latency of real models, and the loop file's own defaults: 16 calls at once, in 4 shards. */
const slow = { train: 80, heldOut: 20, shards: { prompts: 40, atOnce: 4 }, studentMs: 2000, teacherMs: 1000 };
const slowRuns: readonly Wish[] = [
  { run: 'slow-4', ...slow, callsAtOnce: 16 },
  { run: 'slow-16', ...slow, callsAtOnce: 64 },
];
/** The first size again, with limits: then each claim on the budget reads and writes its ledger. */
const limited: Wish = { ...(sizes[0] as Wish), run: 'limited', budget: { calls: 1_000_000 } };

const runs = [...sizes, ...slowRuns, limited];
const account = await openAccount(runs[0] as Wish);
try {
  const counted: Counted[] = [];
  for (const wish of runs) {
    counted.push(await count(account, wish));
    console.error(`${wish.run} is counted.`);
  }
  writeTables({
    sizes: counted.slice(0, sizes.length),
    slow: counted.slice(sizes.length, -1),
    limited: counted.at(-1) as Counted,
    fixed: fixedPartOf(account.emulator),
  });
} finally {
  await account.close();
}

async function count(account: BenchAccount, wish: Wish): Promise<Counted> {
  const settings = clientSettings(account.emulator);
  const machines = new SFNClient(settings);
  const logs = new CloudWatchLogsClient(settings);
  const version = await account.stage(wish);
  account.meter.take();
  const input = JSON.stringify({ run: wish.run, loop: LOOP, version, seed: 1 });
  const stateMachineArn = account.outputs['StateMachine'];
  const { executionArn = '' } = await machines.send(
    new StartExecutionCommand({ stateMachineArn, name: wish.run, input }),
  );
  await until(`end of ${wish.run}`, () => endOf(machines, executionArn), 600);
  const requests = account.meter.take();
  const counted = {
    wish,
    requests,
    executed: await countExecutions(machines, executionArn),
    logged: await countLogs(logs, `/ratchet/${LOOP}`, wish.run),
    left: await account.left(wish.run),
  };
  machines.destroy();
  logs.destroy();
  return counted;
}
