import type { ChildProcess } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { CallCount } from '../../endpoint-simulator/call-counts.ts';
import { eventsOf, type Outcome, ratchet } from '../command-line.ts';
import {
  artifactsOfRound,
  CALLS_AT_ONCE,
  type DataOnlyLoop,
  dataOnlyLoop,
  recordedCalls,
  SHARDS_AT_ONCE,
} from './data-only-loop.ts';
import { type Endpoint, openEndpoint, repeatedBetween, until } from './endpoint.ts';

const wish = { prompts: 2000, promptsInShard: 250 };
const shares = [0.25, 0.5, 0.75];

/** What was so after a kill: at the endpoint, and on the disk. */
interface Kill {
  readonly made: ReadonlyMap<string, CallCount>;
  readonly recorded: ReadonlySet<string>;
}

let endpoints: readonly Endpoint[];
let whole: DataOnlyLoop;
let killed: DataOnlyLoop;
let lives: readonly Outcome[];
let kills: readonly Kill[];
let calls: { readonly whole: ReadonlyMap<string, CallCount>; readonly killed: ReadonlyMap<string, CallCount> };

beforeAll(async () => {
  const latency = { medianMilliseconds: 5, sigma: 0.5 };
  endpoints = [await openEndpoint({ latency }), await openEndpoint({ latency })];
  const [one, other] = endpoints as [Endpoint, Endpoint];
  whole = await dataOnlyLoop(one.url, wish);
  killed = await dataOnlyLoop(other.url, wish);
  const undisturbed = await ratchet(['run', whole.file, '--store', whole.directory, '--json']);
  const all = (await one.counts()).answered;
  const ended: Outcome[] = [];
  const seen: Kill[] = [];
  for (const share of shares) {
    ended.push(await killedAt(other, share * all, ended.length === 0 ? ['run', killed.file] : ['resume']));
    seen.push({ made: await other.quietCalls(), recorded: await recordedCalls(killed.directory) });
  }
  ended.push(await ratchet(['resume', '--store', killed.directory, '--json']));
  lives = [undisturbed, ...ended];
  kills = seen;
  calls = { whole: await one.quietCalls(), killed: await other.quietCalls() };
}, 150_000);

afterAll(async () => {
  await Promise.all(endpoints.map((endpoint) => endpoint.close()));
  for (const { directory } of [whole, killed]) await rm(directory, { recursive: true, force: true });
});

/** kill -9 as soon as the endpoint has answered so many calls. */
async function killedAt(endpoint: Endpoint, answered: number, words: readonly string[]): Promise<Outcome> {
  let killing: Promise<void> | undefined;
  const strike = async (child: ChildProcess) => {
    await until(async () => {
      const counts = await endpoint.counts();
      return counts.answered - counts.repeated >= answered;
    });
    child.kill('SIGKILL');
  };
  const outcome = await ratchet([...words, '--store', killed.directory, '--json'], (_, child) => {
    killing ??= strike(child);
  });
  await killing;
  return outcome;
}

test('a run of 2,000 prompts is killed at a quarter, a half and three quarters of its calls, and finishes', () => {
  expect(lives.map(({ code, signal }) => signal ?? code)).toEqual([0, 'SIGKILL', 'SIGKILL', 'SIGKILL', 0]);
  expect(lives.map(({ stderr }) => stderr)).toEqual(['', '', '', '', '']);
  expect(eventsOf(lives.at(-1)!).at(-1)).toMatchObject({ event: 'end', ending: 'dataset-ready' });
  for (const [index, { made }] of kills.entries()) {
    const share = made.size / calls.whole.size;
    expect([index, share >= shares[index]! && share < shares[index]! + 0.2]).toEqual([index, true]);
  }
});

test('it makes the calls of an undisturbed run, and no others', () => {
  expect([...calls.killed.keys()].toSorted()).toEqual([...calls.whole.keys()].toSorted());
  expect([...calls.whole.values()].filter(({ attempts }) => attempts > 1)).toEqual([]);
});

test('no recorded call is made again: exactly those are that were made and not recorded', () => {
  for (const [index, { made, recorded }] of kills.entries()) {
    // All that is not recorded has to be made again, so one more would be a recorded one.
    const repeated = repeatedBetween(made, calls.killed);
    expect([index, recorded.size > 0, repeated.length]).toEqual([index, true, made.size - recorded.size]);
  }
});

test('what a kill loses is what was under way, and what each shard had not written yet', () => {
  const unwritten = SHARDS_AT_ONCE * (100 + 2 * CALLS_AT_ONCE);
  for (const { made, recorded } of kills)
    expect(made.size - recorded.size).toBeLessThanOrEqual(CALLS_AT_ONCE + unwritten);
});

test('pairs, dataset and all else that the round made have the bytes of an undisturbed run', async () => {
  const [resumed, undisturbed] = await Promise.all([killed, whole].map(({ directory }) => artifactsOfRound(directory)));

  expect(undisturbed!.get('runs/planted-1/round-1/dataset/train.jsonl')!.length).toBeGreaterThan(100_000);
  expect([...resumed!.keys()]).toEqual([...undisturbed!.keys()]);
  for (const [key, body] of undisturbed!) expect([key, resumed!.get(key) === body]).toEqual([key, true]);
});
