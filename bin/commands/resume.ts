import { Command } from 'commander';
import { z } from 'zod';
import { keys } from '../../core/artifact-keys.ts';
import { type Stage, stages } from '../../core/budget.ts';
import { InvalidInput } from '../../core/errors.ts';
import { budgetSchema, hasPrices } from '../../core/loop.ts';
import type { Store } from '../../core/ports.ts';
import { type Ending, reportSchema } from '../../core/report.ts';
import { type Approval, type ApprovalPoint, type Run, runSchema } from '../../core/run.ts';
import { findArtifact, readRun, updateArtifact, writeArtifact } from '../../functions/artifacts.ts';
import { type Globals, globalsOf, optionsOf, stackOption, whole } from '../globals.ts';
import { whileLeased } from '../run-lease.ts';
import { findRun, roundsOf } from '../runs.ts';
import { tellEnd } from '../tell-end.ts';

const usd = z.coerce.number('give US dollars, such as 5').positive('give US dollars, such as 5');
const likeThis = `give stage.unit=n, such as judging.usd=5; stages: ${stages.join(', ')}; units: usd, calls, tokens`;
const stageLimit = z.string().transform((text, context) => {
  const [, stage, unit, amount] = /^(\w+)\.(usd|calls|tokens)=(\d+(?:\.\d+)?)$/.exec(text) ?? [];
  const known = stages.find((each) => each === stage);
  const limit = known && { [known]: { [unit as string]: Number(amount) } };
  const read = budgetSchema.safeParse(limit);
  if (limit !== undefined && read.success) return { stage: known as Stage, limit: read.data[known as Stage] };
  context.addIssue({ code: 'custom', message: likeThis });
  return z.NEVER;
});
const optionsSchema = z.looseObject({
  approve: z.boolean().default(false),
  reject: z.boolean().default(false),
  note: z.string().default(''),
  usd: usd.optional(),
  calls: whole(1).optional(),
  tokens: whole(1).optional(),
  limit: z.array(stageLimit).default([]),
});

type Options = z.infer<typeof optionsSchema>;

function gathered(limit: string, before: readonly string[] = []): string[] {
  return [...before, limit];
}

export function resumeCommand(): Command {
  return new Command('resume')
    .description('go on with a run that was stopped, failed, reached its budget, or waits for approval')
    .argument('[run]', 'name of the run; the latest where it is left out')
    .option('--approve', 'agree to the training or the promotion that the run waits for')
    .option('--reject', 'refuse it: the run ends, the incumbent stays')
    .option('--note <text>', 'a word on why, kept with the answer')
    .option('--usd <n>', 'raise the budget to so many US dollars in all')
    .option('--calls <n>', 'raise the budget to so many calls in all')
    .option('--tokens <n>', 'raise the budget to so many tokens in all')
    .option('--limit <stage.unit=n>', 'raise the limit of a stage, such as judging.usd=5; may be given again', gathered)
    .addOption(stackOption())
    .action(async (name: string | undefined, given: unknown, command: Command) => {
      const globals = globalsOf(command);
      const options = optionsOf(optionsSchema, given);
      if (options.approve && options.reject)
        throw new InvalidInput('The command', ['give --approve or --reject, not both']);
      if (globals.stack !== undefined) return resumeThere(name, options, globals, globals.stack);
      const run = await findRun(globals, name);
      await whileLeased(globals.store, run.run, async ({ lost }) => {
        if (raisesBudget(options)) await raiseBudget(globals, run, options);
        if (options.approve || options.reject) await answerApproval(globals, run, options);
        else {
          const ending = await finishedAs(globals.store, run.run);
          if (ending) return tellEnd({ kind: 'ended', ending }, run.run, globals);
        }
        // Heavy, and of no use to a command that was mistyped.
        const { followRun } = await import('../follow-run.ts');
        await followRun(
          { run: run.run, loop: run.loop.name, version: run.version, seed: run.loop.seed },
          lost,
          globals,
          [],
        );
      });
    });
}

async function resumeThere(name: string | undefined, options: Options, globals: Globals, stack: string): Promise<void> {
  const { approve, reject, note } = options;
  // The AWS SDK is heavy, and of no use to a loop on this machine.
  const { resumeDeployed } = await import('../remote/resume-deployed.ts');
  const answer = approve || reject ? { approved: approve, note } : undefined;
  const raise = async (there: Globals, run: string) => {
    if (raisesBudget(options)) await raiseBudget(there, await readRun(there.store, run), options);
  };
  await resumeDeployed(name, { answer, raise }, globals, stack);
}

/** All is done and the report is whole: to go on would change nothing but its date. */
async function finishedAs(store: Store, run: string): Promise<Ending | undefined> {
  const report = await findArtifact(store, keys.report(run), reportSchema);
  const isDone = report?.ending.name === 'finished' || report?.ending.name === 'dataset-ready';
  return isDone && (await store.read(keys.reportPage(run))) ? report.ending.name : undefined;
}

function raisesBudget({ usd, calls, tokens, limit }: Options): boolean {
  return limit.length > 0 || [usd, calls, tokens].some((each) => each !== undefined);
}

async function raiseBudget(
  { store }: Globals,
  { run, loop }: Run,
  { usd, calls, tokens, limit }: Options,
): Promise<void> {
  const ofMoney = [
    ...(usd === undefined ? [] : ['--usd']),
    ...limit.flatMap(({ stage, limit: given }) =>
      given?.usd === undefined || stage === 'training' ? [] : [`--limit ${stage}.usd`],
    ),
  ];
  if (ofMoney.length > 0 && !hasPrices(loop)) {
    const why = 'never reached, as the run has no student.price or no teacher.price; limit calls or tokens instead';
    throw new InvalidInput(
      'The command',
      ofMoney.map((option) => `${option}: ${why}`),
    );
  }
  const raised = Object.fromEntries(Object.entries({ usd, calls, tokens }).filter(([, value]) => value !== undefined));
  await updateArtifact(store, keys.run(run), runSchema, (current) => {
    if (!current) return undefined;
    const budget = { ...current.loop.budget, ...raised };
    for (const { stage, limit: given } of limit) budget[stage] = { ...budget[stage], ...given };
    return { ...current, loop: { ...current.loop, budget } };
  });
}

async function answerApproval({ store }: Globals, { run }: Run, { approve, note }: Options): Promise<void> {
  const round = (await roundsOf(store, run)).at(-1);
  const before = round && (await waitsBefore(store, run, round));
  if (!round || !before) throw new InvalidInput(`Run ${run}`, ['it does not wait for an approval']);
  const answer: Approval = { approved: approve, by: 'command line', at: new Date().toISOString(), note };
  await writeArtifact(store, keys.approval(run, round, before), answer);
}

/** What a round has asked a person to agree to, and has not done yet. */
async function waitsBefore(store: Store, run: string, round: number): Promise<ApprovalPoint | undefined> {
  const isThere = async (key: string) => (await store.read(key)) !== undefined;
  if (await isThere(keys.outcome(run, round))) return undefined;
  if (await isThere(keys.approvalRequest(run, round, 'promotion'))) return 'promotion';
  const asked = await isThere(keys.approvalRequest(run, round, 'training'));
  return asked && !(await isThere(keys.training(run, round))) ? 'training' : undefined;
}
