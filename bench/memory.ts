/**
 * Peak memory of a run of 1,000 prompts and of one of 100,000: `npm run bench:memory [prompts …]`. Each in a process of its
 * own, with two responses a prompt and a teacher, from a fast endpoint on this machine. Prints a table in Markdown.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { useMemoryModestly } from '../bin/modest-memory.ts';
import { simulatedRun } from './simulated-run.ts';

const own = fileURLToPath(import.meta.url);
const [first, ...more] = process.argv.slice(2);
if (first === '--one') {
  // As the command line does.
  useMemoryModestly();
  const prompts = Number(more[0]);
  const { peakMebibytes, seconds, counts, report } = await simulatedRun({
    prompts,
    responses: 2,
    callsAtOnce: 32,
    simulator: {},
    shards: { prompts: 250, atOnce: 2 },
  });
  console.log(JSON.stringify({ prompts, peakMebibytes, seconds, calls: counts.requests, ending: report.ending.name }));
} else {
  const sizes = first === undefined ? [1_000, 100_000] : [first, ...more].map(Number);
  console.log('| prompts | calls | seconds | peak MiB | of the first |');
  console.log('|---|---|---|---|---|');
  let peakOfFirst: number | undefined;
  for (const prompts of sizes) {
    const child = spawnSync(process.execPath, [own, '--one', String(prompts)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    if (child.status !== 0) throw new Error(`The run of ${prompts} prompts failed.`);
    const { peakMebibytes, seconds, calls } = JSON.parse(child.stdout.toString());
    peakOfFirst ??= peakMebibytes as number;
    const cells = [
      prompts,
      calls,
      seconds.toFixed(0),
      peakMebibytes.toFixed(0),
      (peakMebibytes / peakOfFirst).toFixed(2),
    ];
    console.log(`| ${cells.join(' | ')} |`);
  }
}
