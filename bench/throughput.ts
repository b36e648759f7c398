/**
 * How much of the calls per second that an endpoint allows a run makes: `npm run bench:throughput [calls at once …]`.
 * 2,000 prompts with two responses each from an endpoint that sends one a call: 4,000 sampling calls, then 4,000 judging calls,
 * answered after 200 ms (σ 0, and lognormal with σ 0.5), without and with 5 % of 429s. Ideal: all the waits of the
 * endpoint, divided by the calls at once. CPU is that of our process, warming up included; beside it what the
 * built-in fetch alone takes in the same process against the same endpoint. Prints a table in Markdown.
 */
import type { SimulatorOptions } from '../tests/endpoint-simulator/simulator-options.ts';
import { bareCallMilliseconds, type Simulated, simulatedRun } from './simulated-run.ts';

const given = process.argv.slice(2).map(Number);
const oneACall = { fault: 'fewer-choices', share: 1 } as const;
const refusals = { fault: 'too-many-requests', share: 0.05, retryAfter: 'none' } as const;
const endpoints: readonly [name: string, options: SimulatorOptions][] = [
  ['200 ms', { latency: { medianMilliseconds: 200 } }],
  ['200 ms, σ 0.5', { latency: { medianMilliseconds: 200, sigma: 0.5 } }],
  ['200 ms, 5 % 429', { latency: { medianMilliseconds: 200 }, wire: [refusals] }],
  ['200 ms, σ 0.5, 5 % 429', { latency: { medianMilliseconds: 200, sigma: 0.5 }, wire: [refusals] }],
];

console.log(
  '| calls at once | endpoint | calls | seconds | calls a second | of ideal | our CPU a call | a bare fetch |',
);
console.log('|---|---|---|---|---|---|---|---|');
for (const callsAtOnce of given.length > 0 ? given : [50, 500]) {
  for (const [name, options] of endpoints) {
    const wish: Simulated = {
      prompts: 2_000,
      responses: 2,
      callsAtOnce,
      simulator: { ...options, choices: [oneACall] },
      // Enough prompts in work for all the calls at once, in shards of the usual size.
      shards: { prompts: 100, atOnce: Math.max(4, callsAtOnce / 25) },
    };
    const bare = await bareCallMilliseconds(wish);
    const { counts, seconds, cpuSeconds } = await simulatedRun(wish);
    const ideal = counts.latencyMilliseconds / 1000 / callsAtOnce;
    const cells = [
      callsAtOnce,
      name,
      counts.answered,
      seconds.toFixed(1),
      (counts.answered / seconds).toFixed(0),
      `${((100 * ideal) / seconds).toFixed(1)} %`,
      `${((1000 * cpuSeconds) / counts.requests).toFixed(2)} ms`,
      `${bare.toFixed(2)} ms`,
    ];
    console.log(`| ${cells.join(' | ')} |`);
  }
}
