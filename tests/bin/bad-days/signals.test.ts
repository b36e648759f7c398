import type { ChildProcess } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { SimulatorOptions } from '../../endpoint-simulator/simulator-options.ts';
import { eventsOf, type Outcome, ratchet } from '../command-line.ts';
import { type DataOnlyLoop, dataOnlyLoop, recordedCalls } from './data-only-loop.ts';
import { type Endpoint, openEndpoint, repeatedBetween, until } from './endpoint.ts';

const wish = { prompts: 200, promptsInShard: 50 };
/** Of 200 sampling calls and about twice as many judging calls. */
const HALF = 300;

let endpoint: Endpoint;
let loop: DataOnlyLoop;

async function open(options: SimulatorOptions): Promise<void> {
  endpoint = await openEndpoint(options);
  loop = await dataOnlyLoop(endpoint.url, wish);
}

afterEach(async () => {
  await endpoint.close();
  await rm(loop.directory, { recursive: true, force: true });
});

/** One life of the run; once it has begun, `strike` gets its process. */
async function live(words: readonly string[], strike: (child: ChildProcess) => Promise<void>): Promise<Outcome> {
  let striking: Promise<void> | undefined;
  const outcome = await ratchet([...words, '--store', loop.directory], (_, child) => {
    striking ??= strike(child);
  });
  await striking;
  return outcome;
}

const untilAnswered = (count: number) => until(async () => (await endpoint.counts()).answered >= count);
const untilHanging = () => until(async () => (await endpoint.counts()).inFlight > 0);

describe.each(['SIGTERM', 'SIGINT'] as const)('%s in the middle of a run', (signal) => {
  test('ends it with 130 and how to go on; what was under way is kept, and no call is made again', async () => {
    await open({ latency: { medianMilliseconds: 20, sigma: 0.5 } });

    const stopped = await live(['run', loop.file], async (child) => {
      await untilAnswered(HALF);
      child.kill(signal);
    });
    const made = await endpoint.quietCalls();
    const recorded = await recordedCalls(loop.directory);
    const resumed = await ratchet(['resume', '--store', loop.directory, '--json']);
    const all = await endpoint.quietCalls();

    expect([stopped.signal, stopped.code, stopped.stderr]).toEqual([null, 130, '']);
    expect(stopped.stdout.join('\n')).toContain('Stopping: what is under way is finished and kept.');
    expect(stopped.stdout.at(-1)).toBe(`Go on      npm run ratchet -- resume planted-1 --store ${loop.directory}`);
    expect(made.size).toBeGreaterThanOrEqual(HALF);
    expect(made.size).toBeLessThan(all.size);
    expect(recorded.size).toBe(made.size);
    expect(resumed.code).toBe(0);
    expect(eventsOf(resumed).at(-1)).toMatchObject({ ending: 'dataset-ready' });
    expect(repeatedBetween(made, all)).toEqual([]);
  }, 40_000);
});

describe('where the endpoint keeps its calls hanging', () => {
  const hanging: SimulatorOptions = { wire: [{ fault: 'hang', share: 1 }] };

  test('a second Ctrl-C stops at once', async () => {
    await open(hanging);
    let first = 0;

    const stopped = await live(['run', loop.file], async (child) => {
      await untilHanging();
      first = performance.now();
      // Until it is gone: one so soon after the first is taken for the same keystroke.
      await until(() => child.exitCode !== null || !child.kill('SIGINT'));
    });

    expect([stopped.code, stopped.stderr]).toEqual([130, '']);
    expect(performance.now() - first).toBeLessThan(3_000);
    expect(stopped.stdout.at(-1)).toContain('resume planted-1');
  }, 30_000);

  test('one Ctrl-C is enough: after five seconds it stops all the same, and the run can be resumed', async () => {
    await open(hanging);
    let first = 0;

    const stopped = await live(['run', loop.file], async (child) => {
      await untilHanging();
      first = performance.now();
      child.kill('SIGINT');
    });
    const waited = performance.now() - first;
    const again = await live(['resume'], async (child) => {
      await untilHanging();
      await until(() => child.exitCode !== null || !child.kill('SIGTERM'));
    });

    expect([stopped.code, stopped.stderr]).toEqual([130, '']);
    expect(waited).toBeGreaterThan(4_900);
    expect(waited).toBeLessThan(9_000);
    expect([again.code, again.stderr]).toEqual([130, '']);
  }, 30_000);
});
