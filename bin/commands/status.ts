import { Command } from 'commander';
import { z } from 'zod';
import { InvalidInput } from '../../core/errors.ts';
import { minute, money, percent } from '../figures.ts';
import { type Globals, optionsOf, stackOption } from '../globals.ts';
import { hint } from '../hint.ts';
import { plainTable } from '../summary.ts';
import { nextStep } from '../tell-end.ts';
import { followLines, viewLines } from '../tell-view.ts';
import { type Status, worldOf } from '../world.ts';

const optionsSchema = z.looseObject({ follow: z.boolean().default(false) });

export function statusCommand(): Command {
  return new Command('status')
    .description('where the runs are: one, or all of them')
    .argument('[run]', 'name of a run')
    .option('--follow', 'of a deployed run: shows how it goes until it ends, as run does')
    .addOption(stackOption())
    .action(async (name: string | undefined, given: unknown, command: Command) => {
      const world = await worldOf(command);
      const { globals } = world;
      if (optionsOf(optionsSchema, given).follow) return follow(globals, name);
      const { statuses, notes } = await world.statuses(name);
      if (globals.json) for (const status of statuses) console.log(JSON.stringify(status));
      else console.log(inWords(statuses, globals, name !== undefined));
      for (const note of notes) console.error(note);
    });
}

async function follow(globals: Globals, name: string | undefined): Promise<void> {
  const { stack } = globals;
  if (stack === undefined) {
    throw new InvalidInput('The command', [
      '--follow: give --stack too; a run on this machine shows itself where it runs',
    ]);
  }
  const { followDeployed } = await import('../remote/follow-deployed.ts');
  await followDeployed(globals, stack, name);
}

function inWords(statuses: readonly Status[], globals: Globals, isOne: boolean): string {
  if (statuses.length === 0) return `No runs yet. Start one: ${hint('run loops/support-desk.yaml', globals)}`;
  const table = plainTable(
    ['run', 'started (UTC)', 'round', 'promoted', 'fully right', 'spent', 'ending'],
    statuses.map(({ startedAt, round, rounds, promotions, checkRate, usage, ...status }) => [
      status.run,
      minute(startedAt),
      `${round}/${rounds}`,
      promotions === null ? '—' : String(promotions),
      percent(checkRate),
      usage === null ? '—' : money(usage.usd),
      endingOf(status),
    ]),
    ['promoted', 'fully right', 'spent'],
  );
  const [only] = isOne ? statuses : [];
  const about = only?.view && viewLines(only.view, globals);
  // The latest run that something can be done about.
  const next = statuses.map((status) => stepAfter(status, globals)).findLast((step) => step !== undefined);
  return [table, about, next].filter((part) => part !== undefined && part !== '').join('\n\n');
}

function endingOf({ failure, ending, view }: Pick<Status, 'failure' | 'ending' | 'view'>): string {
  if (view?.status === 'running') return 'under way';
  return failure?.Error ?? ending ?? (view ? 'stopped' : 'none yet');
}

function stepAfter({ run, limits, ending, view }: Status, globals: Globals): string | undefined {
  if (view?.status === 'running') return followLines(run, globals);
  return nextStep(ending ?? 'interrupted', { run, limits }, globals);
}
