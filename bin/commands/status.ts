import { Command } from 'commander';
import { keys } from '../../core/artifact-keys.ts';
import type { Store } from '../../core/ports.ts';
import { reportSchema } from '../../core/report.ts';
import { failureSchema, outcomeSchema, type Run } from '../../core/run.ts';
import { findArtifact } from '../../functions/artifacts.ts';
import { globalsOf } from '../globals.ts';
import { money } from '../progress.ts';
import { allRuns, findRun, roundsOf } from '../runs.ts';
import { percent, plainTable } from '../summary.ts';

export function statusCommand(): Command {
  return new Command('status')
    .description('where the runs are: one, or all of them')
    .argument('[run]', 'name of a run')
    .action(async (name: string | undefined, _: unknown, command: Command) => {
      const { store, json } = globalsOf(command);
      const runs = name === undefined ? await allRuns(store) : [await findRun(store, name)];
      const statuses = await Promise.all(runs.map((run) => statusOf(store, run)));
      if (json) for (const status of statuses) console.log(JSON.stringify(status));
      else if (statuses.length === 0)
        console.log('No runs yet. "npm run ratchet -- run loops/support-desk.yaml" starts one.');
      else console.log(tableOf(statuses));
    });
}

async function statusOf(store: Store, { run, loop, startedAt }: Run) {
  const report = await findArtifact(store, keys.report(run), reportSchema);
  const failure = await findArtifact(store, keys.failure(run), failureSchema);
  const rounds = await roundsOf(store, run);
  const outcomes = await Promise.all(
    rounds.map((round) => findArtifact(store, keys.outcome(run, round), outcomeSchema)),
  );
  return {
    run,
    loop: loop.name,
    startedAt,
    round: rounds.at(-1) ?? 0,
    rounds: loop.rounds,
    promotions: outcomes.filter((outcome) => outcome?.promoted).length,
    ending: failure ? `failed: ${failure.Error}` : (report?.ending.name ?? null),
    checkRate: report?.incumbent.after.checkRate ?? null,
    usd: report?.usage.usd ?? null,
  };
}

function tableOf(statuses: readonly Awaited<ReturnType<typeof statusOf>>[]): string {
  const table = plainTable(['run', 'started', 'round', 'promoted', 'fully right', 'spent', 'state']);
  for (const { run, startedAt, round, rounds, promotions, ending, checkRate, usd } of statuses) {
    table.push([
      run,
      startedAt.slice(0, 16).replace('T', ' '),
      `${round}/${rounds}`,
      String(promotions),
      percent(checkRate),
      usd === null ? '—' : money(usd),
      ending ?? `under way or stopped; "resume ${run}" goes on`,
    ]);
  }
  return table.toString();
}
