/**
 * Is a candidate that training made worse kept out? `npm run bench:over-training [seed …]`.
 * First the desk's loop promotes a student in two rounds. Then one round trains it at three times the sandbox's rate for
 * about 60 steps, without the likelihood of the chosen responses: what undoes a student. Then six more usual rounds.
 */
import type { Report, RoundReport } from '../core/report.ts';
import { openLaboratory } from './laboratory.ts';

const harmful = { learning_rate_multiplier: 3, n_epochs: 13, beta: 0.1, rpo_alpha: 0.05 };
const seeds = process.argv.slice(2).map(Number);
console.log('| seed | what | fully right, held out | win rate (95 %) | decision | first reason |');
console.log('|---|---|---|---|---|---|');
for (const seed of seeds.length > 0 ? seeds : [1]) {
  const laboratory = await openLaboratory();
  try {
    print(seed, 'usual', await laboratory.run('usual', { seed, rounds: 2 }));
    print(
      seed,
      '3 × the rate, 60 steps',
      await laboratory.run('harmful', { seed: seed + 100, rounds: 1, trainer: { hyperparameters: harmful } }),
    );
    print(seed, 'one more', await laboratory.run('more', { seed: seed + 200, rounds: 6 }));
  } finally {
    await laboratory.close();
  }
}

function print(seed: number, what: string, report: Report): void {
  for (const round of report.rounds) console.log(`| ${[seed, what, ...cellsOf(round)].join(' | ')} |`);
}

function cellsOf({ heldOut, evaluation, decision }: RoundReport): string[] {
  if (!heldOut || !evaluation || !decision) return ['nothing to learn', '', '', ''];
  const percent = (share: number | null) => `${((share ?? 0) * 100).toFixed(1)} %`;
  return [
    `${percent(heldOut.incumbent.checkRate)} → ${percent(heldOut.candidate.checkRate)}`,
    `${percent(evaluation.winRate)} (${percent(evaluation.low)} to ${percent(evaluation.high)})`,
    decision.promote ? 'promoted' : 'kept out',
    decision.reasons[0] ?? '',
  ];
}
