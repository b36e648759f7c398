import { keys } from '../../core/artifact-keys.ts';
import type { Store } from '../../core/ports.ts';
import { reportSchema } from '../../core/report.ts';
import { failureSchema, outcomeSchema, type Run } from '../../core/run.ts';
import { findArtifact } from '../../functions/artifacts.ts';
import type { Globals } from '../globals.ts';
import { allRuns, findRun, roundsOf } from '../runs.ts';
import type { Status, Statuses } from '../world.ts';

export async function statusesHere(globals: Globals, name: string | undefined): Promise<Statuses> {
  const { store } = globals;
  const { runs, unreadable } =
    name === undefined ? await allRuns(store) : { runs: [await findRun(globals, name)], unreadable: [] };
  return {
    statuses: await Promise.all(runs.map((run) => statusOf(store, run))),
    notes: unreadable.map((run) => `${keys.run(run)} can't be read; another version of Ratchet wrote it.`),
  };
}

async function statusOf(store: Store, { run, loop, startedAt }: Run): Promise<Status> {
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
    promotions: loop.trainer ? outcomes.filter((outcome) => outcome?.promoted).length : null,
    ending: failure ? 'failed' : (report?.ending.name ?? null),
    failure: failure ?? null,
    checkRate: report?.incumbent.after.checkRate ?? null,
    usage: report?.usage ?? null,
  };
}
