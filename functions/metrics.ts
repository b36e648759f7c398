import type { EvaluationSummary } from '../core/evaluation/summarize-evaluation.ts';
import type { LabelCounts } from '../core/pairs/labels.ts';
import { type Measured, type MetricName, type Metrics, metricUnits } from '../core/ports.ts';
import type { Dataset } from '../core/report.ts';
import type { Run } from '../core/run.ts';
import type { Usage } from '../core/usage.ts';

/**
 * Metrics as CloudWatch reads them from a function's log: one JSON line each (Embedded Metric Format,
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html).
 * The line goes past `console`, which Lambda would wrap in a line of its own.
 */
export function embeddedMetrics(
  write: (line: string) => unknown = (line) => process.stdout.write(line),
  now: () => number = Date.now,
): Metrics {
  return { record: (measured) => write(`${JSON.stringify(lineOf(measured, now()))}\n`) };
}

/** On a laptop nobody draws them. */
export const noMetrics: Metrics = { record: () => undefined };

function lineOf({ loop, place, of, values }: Measured, timestamp: number): Record<string, unknown> {
  const names = Object.keys(values) as MetricName[];
  const directive = {
    Namespace: 'Ratchet',
    Dimensions: [['loop'], ...Object.keys(of ?? {}).map((dimension) => ['loop', dimension])],
    Metrics: names.map((name) => ({ Name: name, Unit: metricUnits[name] })),
  };
  return { _aws: { Timestamp: timestamp, CloudWatchMetrics: [directive] }, loop, ...of, ...place, ...values };
}

/** What the facts are told with. */
interface Telling {
  readonly metrics: Metrics;
  readonly now: () => Date;
}

interface RoundPlace {
  readonly run: Run;
  readonly round: number;
}

interface ShardPlace extends RoundPlace {
  readonly shard: number;
  readonly step: string;
}

/**
 * A life of a shard begins; call what comes back when it is over, finished or not. So an endpoint is seen to refuse though
 * no shard ever finishes, and a run to be old though none does.
 */
export function beginLife(
  { metrics, now, throttled = () => 0 }: Telling & { readonly throttled?: (() => number) | undefined },
  { run, round, shard, step }: ShardPlace,
): () => void {
  const since = now();
  const before = throttled();
  return () => {
    const values = { Throttled: throttled() - before, ShardDuration: secondsSince(since, now) };
    metrics.record({ ...at(run, { round, shard }), of: { step }, values });
    tellAge({ metrics, now }, run);
  };
}

/** A shard is finished: what it has cost in all its lives. */
export function tellCost({ metrics }: Telling, { run, round, shard, step }: ShardPlace, usage: Usage): void {
  const { calls, promptTokens, completionTokens, usd } = usage;
  const values = { Calls: calls, PromptTokens: promptTokens, CompletionTokens: completionTokens, SpentUsd: usd };
  metrics.record({ ...at(run, { round, shard }), of: { step }, values });
}

/** A training job was created, and is to be paid. */
export function tellTraining({ metrics }: Telling, { run, round }: RoundPlace, usd: number): void {
  metrics.record({ ...at(run, { round }), of: { step: 'start-training' }, values: { SpentUsd: usd } });
}

/** How old a run is that is still under way. */
export function tellAge({ metrics, now }: Telling, run: Run): void {
  metrics.record({ ...at(run), values: { RunAge: secondsSince(new Date(run.startedAt), now) } });
}

/** The labels of a shard stand. */
export function tellLabels(
  { metrics }: Telling,
  { run, round, shard }: RoundPlace & { readonly shard: number },
  { prompts, verdicts, orderConflicts, abstentionReasons }: LabelCounts,
): void {
  const place = at(run, { round, shard });
  metrics.record({ ...place, values: { Prompts: prompts, Verdicts: verdicts, OrderConflicts: orderConflicts } });
  for (const [reason, count] of Object.entries(abstentionReasons)) {
    metrics.record({ ...place, of: { reason }, values: { Abstentions: count } });
  }
}

/** The dataset of a round stands. */
export function tellDataset(
  { metrics }: Telling,
  { run, round }: RoundPlace,
  { train, validation }: Pick<Dataset, 'train' | 'validation'>,
): void {
  metrics.record({ ...at(run, { round }), values: { Pairs: train + validation } });
}

/** A candidate was compared with the incumbent. */
export function tellEvaluation(
  { metrics }: Telling,
  { run, round }: RoundPlace,
  { evaluation, heldOut }: Pick<EvaluationSummary, 'evaluation' | 'heldOut'>,
): void {
  metrics.record({
    ...at(run, { round }),
    values: {
      WinRate: 100 * evaluation.winRate,
      ...percent('CheckRate', heldOut.candidate.checkRate),
      ...percent('IncumbentCheckRate', heldOut.incumbent.checkRate),
    },
  });
}

/** A round is over, and the pointer has moved, or not. */
export function tellRound(
  { metrics, now }: Telling,
  { run, round }: RoundPlace,
  { promoted, began }: { readonly promoted: boolean; readonly began: Date | undefined },
): void {
  const duration = began ? { RoundDuration: secondsSince(began, now) } : {};
  metrics.record({ ...at(run, { round }), values: { Promotions: promoted ? 1 : 0, ...duration } });
}

export function tellEnding({ metrics }: Telling, run: Run, ending: string): void {
  metrics.record({ ...at(run), of: { ending }, values: { RunsEnded: 1 } });
}

function at(run: Run, place: { readonly round?: number; readonly shard?: number } = {}) {
  return { loop: run.loop.name, place: { run: run.run, ...place } };
}

/** What was not measured is left out: no number stands for it. */
function percent(name: MetricName, share: number | null): Measured['values'] {
  return share === null ? {} : { [name]: 100 * share };
}

function secondsSince(moment: Date, now: () => Date): number {
  return (now().getTime() - moment.getTime()) / 1000;
}
