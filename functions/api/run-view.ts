import type { RunView } from '../../core/api.ts';
import { keys } from '../../core/artifact-keys.ts';
import { ledgerSchema } from '../../core/budget.ts';
import type { ErrorLog, ExecutionView, Store } from '../../core/ports.ts';
import { type Report, reportSchema } from '../../core/report.ts';
import { type ExecutionRecord, type Run, runSchema } from '../../core/run.ts';
import { addUsage, noUsage, type Usage } from '../../core/usage.ts';
import { findArtifact } from '../artifacts.ts';
import { executionPage } from '../execution-page.ts';
import type { RunServices } from '../hold-loop.ts';
import { executionStanding } from './execution-standing.ts';
import { failureOf } from './failure-of-run.ts';
import { progressOfRound, type RoundProgress } from './progress-of-round.ts';
import { lastQuestion, type Question } from './question-of-run.ts';
import { type Rounds, roundsOf } from './rounds-of-run.ts';
import { runInputSchema } from './run-input.ts';

/** What telling of runs needs. */
export interface ViewServices extends RunServices {
  /** Asked only of a run that failed. Without it the view has no line of the log. */
  readonly errorLog?: ErrorLog | undefined;
}

/** Everything that there is to say about a run now. Read from many places, so not of one moment. */
export async function viewOf(services: ViewServices, run: string, execution: ExecutionRecord): Promise<RunView> {
  const { store, loop, now } = services;
  const [standing, plan, report] = await Promise.all([
    executionStanding(services, run, execution),
    findArtifact(store, keys.run(run), runSchema),
    findArtifact(store, keys.report(run), reportSchema),
  ]);
  const { version, seed } = runInputSchema.parse(execution.input);
  const isRunning = standing.status === 'running';
  const told = !isRunning && report && report.finishedAt >= standing.startedAt ? report : undefined;
  const [stage, failure, planned] = await Promise.all([
    isRunning ? services.executions.latestState(execution.name) : undefined,
    standing.status === 'failed' ? failureOf(services, run, execution.name, standing) : null,
    plan && plannedView(services, plan, told),
  ]);
  const { rounds, progress, question, spent } = planned ?? unplanned;
  return {
    run,
    loop,
    version,
    seed,
    status: standing.status,
    ending: told?.ending.name ?? null,
    startedAt: standing.startedAt,
    stoppedAt: standing.stoppedAt ?? null,
    stage: stage ?? null,
    round: rounds.present,
    rounds: plan?.loop.rounds ?? 0,
    progress: [...progress.steps],
    decided: [...rounds.decided],
    spent,
    forecast: plan?.forecast ?? null,
    estimatedEnd: isRunning && plan ? endBy(standing, plan.forecast, spent, now()) : null,
    approval: isRunning ? waitingFor(question) : null,
    failure,
    console: executionPage(execution.arn),
  };
}

interface PlannedView {
  readonly rounds: Rounds;
  readonly progress: RoundProgress;
  readonly question: Question | undefined;
  readonly spent: Usage;
}

const unplanned: PlannedView = {
  rounds: { present: 0, decided: [] },
  progress: { steps: [], spent: noUsage },
  question: undefined,
  spent: noUsage,
};

async function plannedView({ store }: ViewServices, plan: Run, report: Report | undefined): Promise<PlannedView> {
  const rounds = await roundsOf(store, plan);
  const [progress, question, ledger] = await Promise.all([
    progressOfRound(store, plan, rounds.present),
    lastQuestion(store, plan.run, rounds.present),
    findArtifact(store, keys.budget(plan.run), ledgerSchema),
  ]);
  const counted = ledger && addUsage(...Object.values(ledger.parts).map(({ spent }) => spent));
  const spent = report?.usage ?? counted ?? addUsage(progress.spent, await spentBefore(store, plan, rounds.present));
  return { rounds, progress, question, spent };
}

async function spentBefore(store: Store, run: Run, present: number): Promise<Usage> {
  let spent = noUsage;
  for (let round = 1; round < present; round++)
    spent = addUsage(spent, (await progressOfRound(store, run, round)).spent);
  return spent;
}

function waitingFor(question: Question | undefined): RunView['approval'] {
  if (question === undefined || question.answer !== undefined) return null;
  const { since, until, summary } = question.request;
  return { round: question.round, before: question.before, since, until, summary };
}

/** No execution lives longer, so that a pace which says so says nothing. */
const YEAR_MS = 365 * 86_400_000;

/** Calls are what a run waits for, so they set its pace. Null before the first. */
function endBy({ startedAt }: Pick<ExecutionView, 'startedAt'>, atMost: Usage, spent: Usage, now: Date): string | null {
  if (spent.calls === 0 || spent.calls >= atMost.calls) return null;
  const msPerCall = (now.getTime() - Date.parse(startedAt)) / spent.calls;
  const left = msPerCall * (atMost.calls - spent.calls);
  return left > YEAR_MS ? null : new Date(now.getTime() + left).toISOString();
}
