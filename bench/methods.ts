/**
 * The three training methods from the same base, on the same prompts: `npm run bench:methods [seed …]`.
 * One round each of DPO, SFT on the best of n, and reinforcement against the teacher as grader; prints a table in Markdown.
 */
import { type TrainingMethod, trainingMethods } from '../core/ports.ts';
import type { Report } from '../core/report.ts';
import { openLaboratory } from './laboratory.ts';

const seeds = process.argv.slice(2).map(Number);
console.log('| method | seed | trained on | fully right, held out | win rate (95 %) | decision | seconds |');
console.log('|---|---|---|---|---|---|---|');
for (const method of trainingMethods) {
  for (const seed of seeds.length > 0 ? seeds : [1, 2, 3])
    console.log(rowOf(method, seed, await oneRound(method, seed)));
}

async function oneRound(method: TrainingMethod, seed: number): Promise<Report> {
  const laboratory = await openLaboratory();
  try {
    // The loop's own settings are for dpo; the other methods run on the sandbox's defaults.
    const trainer = method === 'dpo' ? {} : { method, hyperparameters: {} };
    return await laboratory.run(`${method}-${seed}`, { seed, rounds: 1, trainer });
  } finally {
    await laboratory.close();
  }
}

function rowOf(method: TrainingMethod, seed: number, report: Report): string {
  const [round] = report.rounds;
  if (!round?.heldOut || !round.evaluation || !round.decision)
    return `| ${method} | ${seed} | nothing to learn | | | | |`;
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
