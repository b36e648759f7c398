import { styleText } from 'node:util';
import Table from 'cli-table3';
import { keys } from '../core/artifact-keys.ts';
import { evaluationSummarySchema } from '../core/evaluation/summarize-evaluation.ts';
import type { Store } from '../core/ports.ts';
import { decisionSchema, type Report, type RoundReport } from '../core/report.ts';
import { findArtifact } from '../functions/artifacts.ts';
import { duration, money } from './progress.ts';

/** The short table at the end of a run. */
export function summaryOf(report: Report): string {
  const table = plainTable(['round', 'fully right, held out', 'win rate (95 %)', 'pairs', 'decision']);
  for (const round of report.rounds) table.push(rowOf(round));
  const { before, after } = report.incumbent;
  const seconds = (Date.parse(report.finishedAt) - Date.parse(report.startedAt)) / 1000;
  const { calls, promptTokens, completionTokens, usd } = report.usage;
  return [
    '',
    table.toString(),
    '',
    `${styleText('bold', headlineOf(report))}`,
    `${before.model} → ${after.model}`,
    `${calls.toLocaleString('en-US')} calls, ${(promptTokens + completionTokens).toLocaleString('en-US')} tokens, ${money(usd)}, ${duration(seconds)}. ${report.ending.says}`,
  ].join('\n');
}

/** A table without frames: columns, and a line below the heads. */
export function plainTable(head: readonly string[]): InstanceType<typeof Table> {
  const none = ['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right'];
  const inner = ['left', 'left-mid', 'right', 'right-mid', 'mid', 'mid-mid'];
  return new Table({
    head: head.map((name) => styleText('dim', name)),
    chars: { ...Object.fromEntries([...none, ...inner].map((name) => [name, ''])), middle: '  ' },
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 1 },
  });
}

export function percent(share: number | null): string {
  return share === null ? '—' : `${(share * 100).toFixed(1)} %`;
}

function headlineOf({ incumbent: { before, after } }: Report): string {
  if (before.model === after.model) return `No better student: the incumbent stays (${percent(after.checkRate)} fully right)`;
  return `Better: ${percent(before.checkRate)} → ${percent(after.checkRate)} fully right on held-out prompts`;
}

function rowOf({ round, heldOut, evaluation, labels, decision }: RoundReport): string[] {
  const rates = heldOut ? `${percent(heldOut.incumbent.checkRate)} → ${percent(heldOut.candidate.checkRate)}` : '—';
  const wins = evaluation
    ? `${percent(evaluation.winRate)} (${(evaluation.low * 100).toFixed(1)}–${(evaluation.high * 100).toFixed(1)})`
    : '—';
  const verdict = decision ? (decision.promote ? styleText('green', 'promoted') : styleText('yellow', 'kept out')) : '—';
  return [String(round), rates, wins, String(labels.pairs), verdict];
}

/** One line on a decision as it falls: the figures and the first reason. */
export async function decisionLine(store: Store, run: string, round: number): Promise<string> {
  const decision = await findArtifact(store, keys.decision(run, round), decisionSchema);
  const summary = await findArtifact(store, keys.evaluation(run, round), evaluationSummarySchema);
  if (!decision || !summary) return `  Round ${round} is not decided yet.`;
  const { incumbent, candidate } = summary.heldOut;
  const mark = decision.promote ? styleText('green', '↑ promoted') : styleText('yellow', '= incumbent kept');
  const rates = `fully right ${percent(incumbent.checkRate)} → ${percent(candidate.checkRate)}`;
  return `  ${mark}  ${rates}\n    ${styleText('dim', decision.reasons[0] ?? '')}`;
}
