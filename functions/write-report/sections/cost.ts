import { type Report, stages } from '../../../core/report.ts';
import type { Usage } from '../../../core/usage.ts';
import { twoBars } from '../bars.ts';
import { type Html, html, type Part } from '../html.ts';
import { count, counted, usd } from '../numbers.ts';
import { section } from '../section.ts';
import { table } from '../tables.ts';

type ByStage = Report['usageByStage'];
type Stage = (typeof stages)[number];

const stageWords: Readonly<Record<Stage, string>> = {
  'sample-responses': 'Sample responses',
  'judge-responses': 'Judge responses',
  training: 'Training',
  'evaluate-candidate': 'Evaluate candidate',
};

export function cost(report: Report): Html {
  const { usage, usageByStage, reused, rounds } = report;
  const free = usage.usd === 0 ? ' The loop file has no prices, or the endpoints are free.' : '';
  const again = reused === undefined ? '' : ` It reused ${counted(reused, 'call')} of earlier runs, at no cost.`;
  return section({
    id: 'cost',
    title: 'What it cost',
    lead: `${usd(usage.usd)} for ${counted(usage.calls, 'call')}, ${count(usage.promptTokens)} tokens in and ${count(usage.completionTokens)} out.${free}${again}`,
    body: html`<div class="card">${present(usageByStage).length > 0 && bars(usageByStage)}
${usageTable('Usage of the run, by stage', 'Stage', stageRows(usageByStage), usage)}</div>
${rounds.length > 1 && perRound(report)}`,
  });
}

/** By dollars where there are any, else by calls: the bars are never all empty. */
function bars(byStage: ByStage): Html {
  const isFree = present(byStage).every(([, { usd: amount }]) => amount === 0);
  return twoBars(
    present(byStage).map(([stage, use]) => ({
      says: stageWords[stage],
      amount: isFree ? use.calls : use.usd,
      text: isFree ? counted(use.calls, 'call') : usd(use.usd),
    })),
  );
}

function perRound({ rounds, usage }: Report): Html {
  const rows = rounds.flatMap((round) => [
    [html`<b>Round ${round.round}</b>`, ...usageCells(round.usage)],
    ...stageRows(round.usageByStage),
  ]);
  return html`<details class="card panel"><summary><h3>By round</h3></summary>
${usageTable('Usage by round and stage', 'Round and stage', rows, usage)}</details>`;
}

function usageTable(caption: string, first: string, rows: Part[][], total: Usage): Html {
  return table({
    caption,
    head: [first, 'Calls', 'Tokens in', 'Tokens out', 'US dollars'],
    rows,
    total: ['Total', ...usageCells(total)],
  });
}

function stageRows(byStage: ByStage): Part[][] {
  return present(byStage).map(([stage, use]) => [stageWords[stage], ...usageCells(use)]);
}

function usageCells({ calls, promptTokens, completionTokens, usd: amount }: Usage): string[] {
  return [count(calls), count(promptTokens), count(completionTokens), usd(amount)];
}

function present(byStage: ByStage): (readonly [Stage, Usage])[] {
  return stages.flatMap((stage) => {
    const use = byStage[stage];
    return use ? [[stage, use] as const] : [];
  });
}
