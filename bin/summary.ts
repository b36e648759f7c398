import { styleText } from 'node:util';
import Table from 'cli-table3';
import { keys } from '../core/artifact-keys.ts';
import { evaluationSummarySchema } from '../core/evaluation/summarize-evaluation.ts';
import type { Store } from '../core/ports.ts';
import { decisionSchema, type Report, type RoundReport } from '../core/report.ts';
import { findArtifact } from '../functions/artifacts.ts';
import { count, duration, money, percent, winRate } from './figures.ts';
import { wrap } from './wrap.ts';

/** The short table at the end of a run; no line of it is wider than 80 columns, but for a long model id. */
export function summaryOf(report: Report): string {
  const { calls, promptTokens, completionTokens, usd } = report.usage;
  const seconds = (Date.parse(report.finishedAt) - Date.parse(report.startedAt)) / 1000;
  const spent = [count(calls, 'call'), count(promptTokens + completionTokens, 'token'), money(usd), duration(seconds)];
  return [
    ...(report.method !== null && report.rounds.length > 0 ? [roundsTable(report.rounds), ''] : []),
    styleText('bold', headlineOf(report)),
    ...(report.ending.name === 'failed' ? [] : [wrap(report.ending.says, 0)]),
    '',
    `${report.method === null ? 'Student  ' : 'Incumbent'}  ${report.incumbent.after.model}`,
    `Spent      ${spent.join(', ')}`,
    ...(report.reused === undefined ? [] : [`Reused     ${count(report.reused, 'call')} of earlier runs`]),
  ].join('\n');
}

function roundsTable(rounds: readonly RoundReport[]): string {
  return plainTable(
    ['round', 'pairs', 'fully right, held out', 'win rate (95 %)', 'decision'],
    rounds.map(({ round, labels, heldOut, evaluation, decision, promoted }) => [
      String(round),
      String(labels.pairs),
      heldOut ? `${percent(heldOut.incumbent.checkRate)} → ${percent(heldOut.candidate.checkRate)}` : '—',
      evaluation ? winRate(evaluation) : '—',
      decision ? decisionMark(promoted === true) : '—',
    ]),
    ['pairs'],
  );
}

/** A table without frames. `numbers` names the columns that stand to the right, head and all. */
export function plainTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  numbers: readonly string[] = [],
): string {
  const none = ['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right'];
  const inner = ['left', 'left-mid', 'right', 'right-mid', 'mid', 'mid-mid'];
  const table = new Table({
    head: head.map((name) => styleText('dim', name)),
    colAligns: head.map((name) => (numbers.includes(name) ? 'right' : 'left')),
    chars: { ...Object.fromEntries([...none, ...inner].map((name) => [name, ''])), middle: '  ' },
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  });
  table.push(...rows.map((row) => [...row]));
  return table.toString().replaceAll(/ +$/gm, '');
}

function headlineOf({ method, ending, rounds, incumbent: { before, after } }: Report): string {
  if (method === null) {
    if (ending.name === 'failed') return 'The run failed';
    return `Dataset: ${count(rounds.at(-1)?.dataset?.train ?? 0, 'pair')} to train on`;
  }
  if (before.model !== after.model) {
    return `Better: ${percent(before.checkRate)} → ${percent(after.checkRate)} fully right on held-out prompts`;
  }
  const rate = after.checkRate === null ? '' : `, ${percent(after.checkRate)} fully right`;
  return `${ending.name === 'failed' ? 'The run failed: the' : 'The'} incumbent stays${rate}`;
}

function decisionMark(promote: boolean): string {
  return promote ? styleText('green', '↑ promoted') : styleText('yellow', '= kept out');
}

/** A decision as it falls: the figures, and the first reason below. */
export async function decisionLine(store: Store, run: string, round: number): Promise<string> {
  const decision = await findArtifact(store, keys.decision(run, round), decisionSchema);
  const summary = await findArtifact(store, keys.evaluation(run, round), evaluationSummarySchema);
  if (!decision || !summary) return `  Round ${round} is not decided yet.`;
  const { incumbent, candidate } = summary.heldOut;
  const rates = `fully right ${percent(incumbent.checkRate)} → ${percent(candidate.checkRate)}`;
  return `  ${decisionMark(decision.promote)}         ${rates}\n${styleText('dim', wrap(decision.reasons[0] ?? '', 4))}`;
}
