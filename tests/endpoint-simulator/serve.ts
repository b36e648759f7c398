import { once } from 'node:events';
import type { SimulatorOptions } from './simulator-options.ts';
import { startSimulator } from './start-simulator.ts';

/*
 * The simulator as a process of its own: `node tests/endpoint-simulator/serve.ts '{"latency":{"medianMilliseconds":200}}'`.
 * Prints `{"url":…}`; ends when its standard input is closed, or on SIGTERM. `GET /counts` and `GET /calls` beside `/v1`.
 */
const options: SimulatorOptions = JSON.parse(process.argv[2] ?? '{}');
const simulator = await startSimulator(options);
process.stdout.write(`${JSON.stringify({ url: simulator.url })}\n`);
process.stdin.resume();
await Promise.race([once(process.stdin, 'end'), once(process, 'SIGTERM')]);
await simulator.close();
process.stdin.destroy();
