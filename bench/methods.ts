/**
 * The three training methods from the same base, on the same prompts: `npm run bench:methods [seed …]`.
 * One round each of DPO, SFT on the best of n, and reinforcement against the teacher as grader; prints a table in Markdown.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keys } from '../core/artifact-keys.ts';
import { type TrainingMethod, trainingMethods } from '../core/ports.ts';
import { type Report, reportSchema } from '../core/report.ts';
import { readArtifact } from '../functions/artifacts.ts';
import { createServices } from '../functions/services.ts';
import { readLoopFile } from '../lib/loop-file/read-loop-file.ts';
import { stageLoop } from '../lib/loop-file/stage-loop.ts';
import { directoryStore } from '../providers/directory/store.ts';
import { runWorkflow } from '../sandbox/run-workflow.ts';
import { startSandbox } from '../sandbox/server/start-sandbox.ts';
import { ruleTeacher } from '../sandbox/teacher/rule-teacher.ts';

process.env['POWERTOOLS_LOG_LEVEL'] = 'SILENT';
const seeds = process.argv.slice(2).map(Number);
console.log('| method | seed | trained on | fully right, held out | win rate (95 %) | decision | seconds |');
console.log('|---|---|---|---|---|---|---|');
for (const method of trainingMethods) {
  for (const seed of seeds.length > 0 ? seeds : [1, 2, 3]) console.log(rowOf(method, seed, await oneRound(method, seed)));
}

async function oneRound(method: TrainingMethod, seed: number): Promise<Report> {
  const directory = await mkdtemp(join(tmpdir(), 'ratchet-methods-'));
  const store = directoryStore(directory);
  const sandbox = await startSandbox({ directory: join(directory, 'sandbox'), teacher: ruleTeacher() });
  try {
    const source = await readLoopFile('loops/support-desk.yaml');
    const trainer = { ...source.file.trainer, method };
    const { loop, version } = await stageLoop(store, { ...source, file: { ...source.file, trainer, seed, rounds: 1 } });
    const services = createServices({ store, environment: {}, sandboxUrl: sandbox.url });
    const end = await runWorkflow({ run: 'one', loop, version }, { services });
    if (end.kind !== 'ended') throw new Error(`The ${method} run did not end: ${JSON.stringify(end)}`);
    return await readArtifact(store, keys.report('one'), reportSchema);
  } finally {
    await sandbox.close();
    await rm(directory, { recursive: true, force: true });
  }
}

function rowOf(method: TrainingMethod, seed: number, report: Report): string {
  const [round] = report.rounds;
  if (!round?.heldOut || !round.evaluation || !round.decision) return `| ${method} | ${seed} | nothing to learn | | | | |`;
  const { incumbent, candidate } = round.heldOut;
  const { winRate, low, high } = round.evaluation;
  const seconds = (Date.parse(report.finishedAt) - Date.parse(report.startedAt)) / 1000;
  return `| ${[
    method,
    seed,
    `${round.dataset?.train} ${method === 'dpo' ? 'pairs' : method === 'supervised' ? 'best responses' : 'prompts'}`,
    `${percent(incumbent.checkRate)} → ${percent(candidate.checkRate)}`,
    `${percent(winRate)} (${percent(low)} to ${percent(high)})`,
    round.decision.promote ? 'promoted' : 'kept out',
    Math.round(seconds),
  ].join(' | ')} |`;
}

function percent(share: number | null): string {
  return share === null ? '—' : `${(share * 100).toFixed(1)} %`;
}
