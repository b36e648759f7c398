import { keys } from '../../core/artifact-keys.ts';
import { ledgerSchema } from '../../core/budget.ts';
import type { Store } from '../../core/ports.ts';
import { registrySchema } from '../../core/registry.ts';
import { type Ending, type HeldOut, type Report, type RoundReport, reportSchema } from '../../core/report.ts';
import { failureSchema, type Run } from '../../core/run.ts';
import { addUsage } from '../../core/usage.ts';
import { findArtifact } from '../artifacts.ts';
import { reusedCalls } from '../usage-of-run.ts';
import { collectRound } from './collect-round.ts';

/** The whole story of a run, as far as it got, from what its steps wrote. */
export async function collectReport(store: Store, run: Run, ending: Ending, finishedAt: string): Promise<Report> {
  const rounds: RoundReport[] = [];
  let reused = 0;
  for (let round = 1; round <= run.loop.rounds; round++) {
    const collected = await collectRound(store, run, round);
    if (!collected) break;
    rounds.push(collected);
    reused += await reusedCalls(store, run, round);
  }
  const registry = await findArtifact(store, keys.registry(run.loop.name), registrySchema);
  const { loop } = run;
  return reportSchema.parse({
    format: 1,
    run: run.run,
    loop: loop.name,
    description: loop.description,
    seed: loop.seed,
    startedAt: run.startedAt,
    finishedAt,
    ending: { name: ending, says: await inWords(store, run, ending, rounds) },
    student: loop.student.model,
    teacher: loop.teacher.model,
    method: loop.trainer?.method ?? null,
    incumbent: incumbents(run, rounds),
    rounds,
    usage: addUsage(...rounds.map(({ usage }) => usage)),
    usageByStage: byStage(rounds),
    ...(reused > 0 ? { reused } : {}),
    lineage: registry?.history ?? [],
  } satisfies Report);
}

/** Before the first round and after the last, each by its latest measurement: it was not chosen for being lucky then. */
function incumbents(run: Run, rounds: readonly RoundReport[]): Report['incumbent'] {
  const measured = rounds.flatMap(({ heldOut }) => (heldOut ? [heldOut.incumbent, heldOut.candidate] : []));
  const latest = (model: string): HeldOut | undefined => measured.findLast((one) => one.model === model);
  const last = rounds.findLast(({ promoted }) => promoted);
  const after = last?.candidate ?? run.incumbent;
  const first = measured.find((one) => one.model === run.incumbent);
  return {
    before: { model: run.incumbent, checkRate: first?.checkRate ?? null },
    after: { model: after, checkRate: latest(after)?.checkRate ?? null },
  };
}

function byStage(rounds: readonly RoundReport[]): Report['usageByStage'] {
  const total: Report['usageByStage'] = {};
  for (const { usageByStage } of rounds) {
    for (const [stage, usage] of Object.entries(usageByStage)) {
      const name = stage as keyof Report['usageByStage'];
      total[name] = addUsage(...(total[name] ? [total[name]] : []), usage);
    }
  }
  return total;
}

async function inWords(store: Store, run: Run, ending: Ending, rounds: readonly RoundReport[]): Promise<string> {
  const promotions = rounds.filter(({ promoted }) => promoted).length;
  const last = rounds.at(-1);
  switch (ending) {
    case 'finished':
      return finishedInWords(rounds.length, promotions);
    case 'dataset-ready':
      return `${pairsInWords(last?.dataset?.train ?? 0, last?.dataset?.validation ?? 0)} The loop has no trainer, so nothing was trained.`;
    case 'nothing-to-learn':
      return `Round ${last?.round} gave ${last?.dataset?.train ?? 0} sound pairs for training; ${run.loop.pairs.minimum} are needed (pairs.minimum).`;
    case 'budget-reached':
      return budgetInWords(store, run);
    case 'approval-pending':
      return last?.decision
        ? `Round ${last.round} waits for a person to agree to the promotion of its candidate.`
        : `Round ${last?.round} waits for a person to agree to the training on ${last?.dataset?.train ?? 0} pairs.`;
    case 'approval-refused':
      return `The ${last?.decision ? 'promotion' : 'training'} of round ${last?.round} was refused; the incumbent stays.`;
    case 'approval-expired':
      return `Nobody agreed to the ${last?.decision ? 'promotion' : 'training'} of round ${last?.round} within ${run.loop.approvalDays} days; the incumbent stays.`;
    case 'failed': {
      const failure = await findArtifact(store, keys.failure(run.run), failureSchema);
      return failure ? `${failure.Error}: ${failure.Cause}` : 'The run failed.';
    }
  }
}

function finishedInWords(rounds: number, promotions: number): string {
  if (rounds === 1)
    return promotions === 1 ? 'The round promoted a new student.' : 'The round promoted no new student.';
  return `All ${rounds} rounds were run; ${promotions} of them promoted a new student.`;
}

function pairsInWords(train: number, validation: number): string {
  return `The dataset has ${train + validation} pairs: ${train} to train on and ${validation} for validation.`;
}

async function budgetInWords(store: Store, run: Run): Promise<string> {
  const ledger = await findArtifact(store, keys.budget(run.run), ledgerSchema);
  return ledger?.reached ?? 'The budget is reached.';
}
