import { Command } from 'commander';
import { keys } from '../../core/artifact-keys.ts';
import type { Store } from '../../core/ports.ts';
import { reportSchema } from '../../core/report.ts';
import { failureSchema, outcomeSchema, type Run } from '../../core/run.ts';
import { findArtifact } from '../../functions/artifacts.ts';
import { minute, money, percent } from '../figures.ts';
import { type Globals, globalsOf } from '../globals.ts';
import { hint } from '../hint.ts';
import { allRuns, findRun, roundsOf } from '../runs.ts';
import { plainTable } from '../summary.ts';
import { nextStep } from '../tell-end.ts';

export function statusCommand(): Command {
  return new Command('status')
    .description('where the runs are: one, or all of them')
    .argument('[run]', 'name of a run')
    .action(async (name: string | undefined, _: unknown, command: Command) => {
      const globals = globalsOf(command);
      const { runs, unreadable } =
        name === undefined ? await allRuns(globals.store) : { runs: [await findRun(globals, name)], unreadable: [] };
      const statuses = await Promise.all(runs.map((run) => statusOf(globals.store, run)));
      if (globals.json) for (const status of statuses) console.log(JSON.stringify(status));
      else console.log(inWords(statuses, globals));
      for (const run of unreadable)
        console.error(`${keys.run(run)} can't be read; another version of Ratchet wrote it.`);
    });
}

type Status = Awaited<ReturnType<typeof statusOf>>;

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
    limits: loop.budget,
    /** Null for a loop without a trainer. */
    promotions: loop.trainer ? outcomes.filter((outcome) => outcome?.promoted).length : null,
    /** Null while it is under way, and after it was stopped. */
    ending: failure ? 'failed' : (report?.ending.name ?? null),
    failure: failure ?? null,
    checkRate: report?.incumbent.after.checkRate ?? null,
    usage: report?.usage ?? null,
  };
}

function inWords(statuses: readonly Status[], globals: Globals): string {
  if (statuses.length === 0) return `No runs yet. Start one: ${hint('run loops/support-desk.yaml', globals)}`;
  const table = plainTable(
    ['run', 'started (UTC)', 'round', 'promoted', 'fully right', 'spent', 'ending'],
    statuses.map(({ run, startedAt, round, rounds, promotions, ending, failure, checkRate, usage }) => [
      run,
      minute(startedAt),
      `${round}/${rounds}`,
      promotions === null ? '—' : String(promotions),
      percent(checkRate),
      usage === null ? '—' : money(usage.usd),
      failure?.Error ?? ending ?? 'none yet',
    ]),
    ['promoted', 'fully right', 'spent'],
  );
  // The latest run that something can be done about.
  const next = statuses
    .map(({ run, limits, ending }) => nextStep(ending ?? 'interrupted', { run, limits }, globals))
    .findLast((step) => step !== undefined);
  return next === undefined ? table : `${table}\n\n${next}`;
}
