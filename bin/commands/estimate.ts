import { styleText } from 'node:util';
import { Command } from 'commander';
import { z } from 'zod';
import { type Amount, amountOf, limitsOf, type Stage, stages } from '../../core/budget.ts';
import { type ForecastLine, forecastLines, secondsOf } from '../../core/forecast.ts';
import type { Loop } from '../../core/loop.ts';
import type { Run } from '../../core/run.ts';
import { addUsage, noUsage, type Usage } from '../../core/usage.ts';
import { usageByPart } from '../../functions/usage-of-run.ts';
import { readLoopFile } from '../../lib/loop-file/read-loop-file.ts';
import { surveyLoop } from '../../lib/loop-file/stage-loop.ts';
import { count, duration, money } from '../figures.ts';
import { type Globals, globalsOf, optionsOf, whole } from '../globals.ts';
import { withOverrides } from '../loop-overrides.ts';
import { objectsAt } from '../objects-at.ts';
import { allRuns } from '../runs.ts';
import { plainTable } from '../summary.ts';
import { wrap } from '../wrap.ts';

const seconds = 'give seconds, such as 2 or 0.5';
const optionsSchema = z.looseObject({
  rounds: whole(1, 20).optional(),
  secondsPerCall: z.coerce.number(seconds).positive(seconds).default(2),
});

export function estimateCommand(): Command {
  return new Command('estimate')
    .description('what a run would cost at most, and how long it would take; calls nobody and writes nothing')
    .argument('<loop>', 'the loop file, such as loops/support-desk.yaml')
    .option('--rounds <n>', 'instead of the rounds in the loop file')
    .option('--seconds-per-call <s>', 'how long the endpoints take to answer one call (default: 2)')
    .action(async (path: string, given: unknown, command: Command) => {
      const globals = globalsOf(command);
      const options = optionsOf(optionsSchema, given);
      const source = withOverrides(await readLoopFile(path), { rounds: options.rounds });
      const { document: loop, train, heldOut } = await surveyLoop(source, objectsAt);
      const lines = forecastLines(loop, train, heldOut);
      const estimate = {
        loop: loop.name,
        rounds: loop.rounds,
        prompts: { train: train.prompts, heldOut: heldOut.prompts },
        secondsPerCall: options.secondsPerCall,
        stages: stages.flatMap((stage) => stageOf(stage, lines, loop, options.secondsPerCall)),
        limits: limitsThatMayEnd(loop, lines),
        before: await lastRunOf(globals, loop.name),
      };
      if (globals.json) console.log(JSON.stringify(estimate));
      else tell(estimate);
    });
}

interface StageEstimate {
  readonly stage: Stage;
  readonly usage: Usage;
  readonly seconds: number;
}

function stageOf(stage: Stage, lines: readonly ForecastLine[], loop: Loop, secondsPerCall: number): StageEstimate[] {
  const own = lines.filter((line) => line.stage === stage);
  if (own.length === 0) return [];
  const seconds = own.reduce((sum, line) => sum + secondsOf(line, loop, secondsPerCall), 0);
  return [{ stage, usage: addUsage(...own.map(({ usage }) => usage)), seconds }];
}

interface LimitReached {
  readonly path: string;
  readonly unit: keyof Amount;
  readonly limit: number;
  readonly atMost: number;
}

/** Limits that are lower than what may be needed: the run may end there. */
function limitsThatMayEnd(loop: Loop, lines: readonly ForecastLine[]): LimitReached[] {
  return limitsOf(loop.budget).flatMap(({ path, stage, unit, limit }) => {
    const usages = lines.filter((line) => stage === undefined || line.stage === stage).map(({ usage }) => usage);
    const atMost = amountOf(addUsage(...usages))[unit];
    return atMost > limit ? [{ path, unit, limit, atMost }] : [];
  });
}

interface EarlierRun {
  readonly run: string;
  readonly rounds: number;
  readonly prompts: Run['prompts'];
  readonly usage: Usage;
}

/** What the loop's latest run here has really cost: better than any forecast. */
async function lastRunOf({ store }: Globals, loop: string): Promise<EarlierRun | null> {
  const { runs } = await allRuns(store);
  const last = runs.findLast((run) => run.loop.name === loop);
  if (!last) return null;
  const usage = addUsage(noUsage, ...(await usageByPart(store, last)).map(([, spent]) => spent));
  return { run: last.run, rounds: last.loop.rounds, prompts: last.prompts, usage };
}

interface Estimate {
  readonly loop: string;
  readonly rounds: number;
  readonly prompts: Run['prompts'];
  readonly secondsPerCall: number;
  readonly stages: readonly StageEstimate[];
  readonly limits: readonly LimitReached[];
  readonly before: EarlierRun | null;
}

function tell({ loop, rounds, prompts, secondsPerCall, stages: each, limits, before }: Estimate): void {
  const total = {
    usage: addUsage(...each.map(({ usage }) => usage)),
    seconds: each.reduce((sum, stage) => sum + stage.seconds, 0),
  };
  const heldOut = prompts.heldOut > 0 ? `, ${prompts.heldOut.toLocaleString('en-US')} held out` : '';
  console.log(
    `${styleText('bold', loop)}  ${count(prompts.train, 'prompt')}${heldOut}, ${count(rounds, 'round')}: at most\n`,
  );
  const rows = [...each.map(({ stage, ...rest }) => [stage, rest] as const), ['in all', total] as const];
  const figures = ['calls', 'tokens sent', 'tokens back', 'US dollars', 'time'];
  console.log(
    plainTable(
      ['stage', ...figures],
      rows.map(([name, { usage, seconds: time }]) => [
        name,
        ...[usage.calls, usage.promptTokens, usage.completionTokens].map((figure) => figure.toLocaleString('en-US')),
        money(usage.usd),
        name === 'training' ? 'as it takes' : duration(time),
      ]),
      figures,
    ),
  );
  const how = `Every response as long as sampling.maxTokens allows, every question asked, one call in ${secondsPerCall} s; checks that decide and short responses make it less.`;
  console.log(`\n${wrap(how, 0)}`);
  for (const limit of limits) console.log(`\n${wrap(limitSentence(limit), 0)}`);
  if (before) console.log(`\n${wrap(beforeSentence(before), 0)}`);
}

function limitSentence({ path, unit, limit, atMost }: LimitReached): string {
  const figure = (amount: number) => (unit === 'usd' ? money(amount) : `${amount.toLocaleString('en-US')} ${unit}`);
  return `${path} is ${figure(limit)}, less than the ${figure(atMost)} that may be needed: the run may end there, as budget-reached, and go on with a higher limit.`;
}

function beforeSentence({ run, rounds, prompts, usage }: EarlierRun): string {
  const tokens = usage.promptTokens + usage.completionTokens;
  return `The latest run here, ${run} (${count(prompts.train, 'prompt')}, ${count(rounds, 'round')} at most), has cost ${count(usage.calls, 'call')}, ${count(tokens, 'token')} and ${money(usage.usd)}.`;
}
