import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { keys } from '../core/artifact-keys.ts';
import { type Report, reportSchema } from '../core/report.ts';
import { readArtifact } from '../functions/artifacts.ts';
import { createServices } from '../functions/services.ts';
import { readLoopFile } from '../lib/loop-file/read-loop-file.ts';
import { stageLoop } from '../lib/loop-file/stage-loop.ts';
import { directoryStore } from '../providers/directory/store.ts';
import { runWorkflow } from '../sandbox/run-workflow.ts';
import type { Counts } from '../tests/endpoint-simulator/call-counts.ts';
import { studentModel, teacherModel } from '../tests/endpoint-simulator/read-call.ts';
import type { SimulatorOptions } from '../tests/endpoint-simulator/simulator-options.ts';

export interface Simulated {
  readonly prompts: number;
  readonly responses: number;
  readonly callsAtOnce: number;
  readonly simulator: SimulatorOptions;
  readonly shards?: { readonly prompts: number; readonly atOnce: number };
}

export interface Measured {
  /** From the first call to the last: the feedback of the round, all shards. */
  readonly seconds: number;
  /** Of our own process in that time, user and system. */
  readonly cpuSeconds: number;
  readonly counts: Counts;
  readonly report: Report;
  /** The whole process, since it began. */
  readonly peakMebibytes: number;
}

/** A whole loop without a trainer, by the real steps and the real provider, against an endpoint in a process of its own. */
export async function simulatedRun(wish: Simulated): Promise<Measured> {
  // The steps log for CloudWatch; here a table is wanted.
  process.env['POWERTOOLS_LOG_LEVEL'] = 'SILENT';
  const directory = await mkdtemp(join(tmpdir(), 'ratchet-bench-'));
  const endpoint = await startEndpoint(wish.simulator);
  try {
    return await measure(directory, endpoint.url, wish);
  } finally {
    endpoint.process.stdin?.end();
    await rm(directory, { recursive: true, force: true });
  }
}

async function measure(directory: string, url: string, wish: Simulated): Promise<Measured> {
  const store = directoryStore(directory);
  await writeLoop(directory, url, wish);
  const { loop, version, seed } = await stageLoop(store, await readLoopFile(join(directory, 'loop.yaml')));
  const services = createServices({ store, environment: {} });
  let begun = { at: 0, cpu: process.cpuUsage() };
  let seconds = 0;
  let cpu = begun.cpu;
  const end = await runWorkflow(
    { run: 'bench-1', loop, version, seed },
    {
      services,
      onState(state) {
        if (state === 'Collect feedback') begun = { at: performance.now(), cpu: process.cpuUsage() };
        if (state !== 'Assemble dataset') return;
        seconds = (performance.now() - begun.at) / 1000;
        cpu = process.cpuUsage(begun.cpu);
      },
    },
  );
  if (end.kind !== 'ended') throw new Error(`The run did not end: ${JSON.stringify(end)}`);
  const counts = (await (await fetch(new URL('/counts', url))).json()) as Counts;
  return {
    seconds,
    cpuSeconds: (cpu.user + cpu.system) / 1_000_000,
    counts,
    report: await readArtifact(store, keys.report('bench-1'), reportSchema),
    peakMebibytes: process.resourceUsage().maxRSS / 1024,
  };
}

/** What a call costs in CPU milliseconds that does nothing but fetch an answer from such an endpoint and parse it. */
export async function bareCallMilliseconds({ prompts, callsAtOnce, simulator }: Simulated): Promise<number> {
  const endpoint = await startEndpoint(simulator);
  let left = prompts;
  const worker = async (): Promise<void> => {
    while (left-- > 0) {
      const messages = [{ role: 'user', content: `Case ${left}. What does the kettle cost?` }];
      const body = JSON.stringify({ model: studentModel, messages, n: 2, seed: left });
      const headers = { 'content-type': 'application/json' };
      await (await fetch(`${endpoint.url}/chat/completions`, { method: 'POST', headers, body })).json();
    }
  };
  const begun = process.cpuUsage();
  await Promise.all(Array.from({ length: callsAtOnce }, worker));
  const { user, system } = process.cpuUsage(begun);
  endpoint.process.stdin?.end();
  return (user + system) / 1000 / prompts;
}

async function startEndpoint(options: SimulatorOptions): Promise<{ url: string; process: ChildProcess }> {
  const path = join(import.meta.dirname, '../tests/endpoint-simulator/serve.ts');
  const child = spawn(process.execPath, [path, JSON.stringify(options)], { stdio: ['pipe', 'pipe', 'inherit'] });
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  return { url: JSON.parse(line).url, process: child };
}

async function writeLoop(directory: string, endpoint: string, wish: Simulated): Promise<void> {
  const { callsAtOnce, responses, shards = { prompts: 250, atOnce: 4 } } = wish;
  const loop = {
    name: 'bench',
    skill: '.',
    prompts: { train: 'prompts.jsonl' },
    student: { endpoint, model: studentModel, callsAtOnce },
    teacher: { endpoint, model: teacherModel, callsAtOnce },
    sampling: { responses },
    judging: { critiques: false, canaryShare: 0 },
    shards,
    reuseDays: 0,
  };
  await writeFile(join(directory, 'loop.yaml'), JSON.stringify(loop));
  await writeFile(
    join(directory, 'skill.yaml'),
    JSON.stringify({ purpose: 'Answers of a shop.', rules: ['State the price, the weight and the warranty.'] }),
  );
  const lines = Readable.from(promptLines(wish.prompts));
  await finished(lines.pipe(createWriteStream(join(directory, 'prompts.jsonl'))));
}

function* promptLines(count: number): Iterable<string> {
  for (let index = 0; index < count; index++) {
    const prompt = `Case ${index}. What does the kettle cost, how heavy is it, and how long is its warranty?`;
    yield `${JSON.stringify({ id: `case-${index}`, prompt })}\n`;
  }
}
