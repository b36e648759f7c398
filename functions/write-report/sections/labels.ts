import type { Dataset, Labels, Report, RoundReport } from '../../../core/report.ts';
import { type BarPart, shareWithTick, stackedBar, twoBars } from '../bars.ts';
import { type Html, html } from '../html.ts';
import { count, percent, reasonInWords } from '../numbers.ts';
import { facts, roundPanel, section } from '../section.ts';
import { datasetFiles } from './dataset-files.ts';

export function labels({ run, rounds }: Report): Html {
  const sum = (of: (labels: Labels) => number) => count(rounds.reduce((total, round) => total + of(round.labels), 0));
  return section({
    id: 'labels',
    title: 'Where the labels come from',
    lead: `${sum((all) => all.prompts)} prompts → ${sum((all) => all.responses)} responses → ${sum((all) => all.verdicts)} verdicts → ${sum((all) => all.pairs)} preference pairs. Nothing is dropped without being counted.`,
    body: rounds.map((round) =>
      roundPanel(round.round, round === rounds.at(-1), flow(round.labels), roundBody(run, round)),
    ),
  });
}

function flow({ prompts, responses, verdicts, pairs }: Labels): string {
  return `${count(prompts)} prompts → ${count(responses)} responses → ${count(verdicts)} verdicts → ${count(pairs)} pairs`;
}

function roundBody(run: string, { round, labels: from, dataset }: RoundReport): Html {
  return html`<div class="stages">
${stackedBar('Responses asked for', responsesAskedFor(from))}
${stackedBar('Comparisons', comparisons(from))}
${stackedBar('Prompts', [kept('gave a pair', from.pairs), ...reasons(from.noPair)])}
${dataset && stackedBar('Pairs', datasetParts(dataset))}
</div>
${soundness(from, dataset)}
${dataset && warnings(dataset)}
${dataset && datasetFiles(run, round, dataset)}`;
}

function kept(says: string, amount: number): BarPart {
  return { says, amount, kind: 'kept' };
}

function reasons(counts: Readonly<Record<string, number>>, kind: BarPart['kind'] = 'lost'): BarPart[] {
  return Object.entries(counts)
    .toSorted(([, one], [, other]) => other - one)
    .map(([reason, amount]) => ({ says: reasonInWords(reason), amount, kind }));
}

function responsesAskedFor({ responses, leftOut, missing }: Labels): BarPart[] {
  const notJudged = Object.values(leftOut).reduce((sum, amount) => sum + amount, 0);
  return [kept('judged', responses - notJudged), ...reasons(leftOut), ...reasons(missing)];
}

/** Verdicts by checks are never ties, so what is neither is the teacher's. */
function comparisons({ verdicts, verdictsByChecks, ties, abstentionReasons }: Labels): BarPart[] {
  return [
    kept('decided by the teacher', verdicts - verdictsByChecks - ties),
    { says: 'decided by checks', amount: verdictsByChecks, kind: 'also' },
    { says: 'tie', amount: ties, kind: 'lost' },
    ...reasons(abstentionReasons, 'unsure').map((part) => ({ ...part, says: `abstention: ${part.says}` })),
  ];
}

function datasetParts({ train, validation, leftOut }: Dataset): BarPart[] {
  return [
    kept('to train on', train),
    { says: 'for validation', amount: validation, kind: 'also' },
    ...reasons(leftOut),
  ];
}

function soundness(from: Labels, dataset: Dataset | null): Html {
  const { asked, missed, abstained } = from.canaries;
  return facts([
    {
      term: 'First shown wins',
      value: from.firstShownWins === null ? '–' : percent(from.firstShownWins, 1),
      note: from.firstShownWins === null ? 'The teacher decided nothing.' : shareWithTick(from.firstShownWins, 0.5),
    },
    {
      term: 'Length of chosen',
      value:
        dataset && dataset.meanWords.rejected > 0
          ? `${(dataset.meanWords.chosen / dataset.meanWords.rejected).toFixed(2)}\u00a0×`
          : '–',
      note: dataset ? lengths(dataset) : 'No dataset was made.',
    },
    {
      term: 'Canaries missed',
      value: `${count(missed)} of ${count(asked)}`,
      note:
        asked === 0
          ? 'None was shown.'
          : `Planted nonsense that the teacher preferred${abstained > 0 ? `; on ${count(abstained)} it abstained` : ''}.`,
    },
    { term: 'Order conflicts', value: count(from.orderConflicts), note: 'Another winner in the other order; no pair.' },
    {
      term: 'Abstentions',
      value: count(from.abstentions),
      note: `and ${count(from.ties)} ties; neither makes a pair.${from.unreadableCritiques > 0 ? ` ${count(from.unreadableCritiques)} critiques could not be read.` : ''}`,
    },
  ]);
}

function lengths({ meanWords: { chosen, rejected }, chosenLonger }: Dataset): Html {
  return html`${twoBars([
    { says: 'chosen', amount: chosen, text: chosen.toFixed(1) },
    { says: 'rejected', amount: rejected, text: rejected.toFixed(1) },
  ])}
${chosenLonger !== null && html`<p>Chosen is the longer one in ${percent(chosenLonger)} of pairs.</p>`}`;
}

function warnings({ warnings: all, hashes }: Dataset): Html {
  return html`${all.map((warning) => html`<p class="warning" dir="auto"><span aria-hidden="true">!</span> ${warning}</p>\n`)}
<p class="mono muted small">train ${hashes.train} · validation ${hashes.validation}</p>`;
}
