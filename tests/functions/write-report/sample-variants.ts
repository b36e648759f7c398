import { type Report, reportSchema } from '../../../core/report.ts';
import { noUsage } from '../../../core/usage.ts';
import { sampleReport, sampleRound } from './sample-report.ts';

export const hostileTexts = [
  '<script>alert(1)</script><img src=https://example.com/x onerror=alert(2)>',
  '</style></title></details>--><!-- ]]> "\' onload="alert(3)',
  '😀👩‍👩‍👧 مرحبا، الغلاية مكسورة \u202egnp.exe \u0000 \ud800',
  `<b>${'https://example.com/very/long/word/'.repeat(150)}`.slice(0, 5000),
];

const base = sampleReport();
const [first, second] = [sampleRound(1), sampleRound(2)];
const unchanged = { before: base.incumbent.before, after: base.incumbent.before };

/** Reports of every kind that the schema allows, by what happened. */
export const variants: Readonly<Record<string, Report>> = Object.fromEntries(
  Object.entries({
    'four rounds': base,
    'one round': {
      ...base,
      rounds: [first],
      incumbent: { before: base.incumbent.before, after: { model: 'ft:desk-base:r1', checkRate: 0.5781 } },
    },
    'twenty rounds': { ...base, rounds: Array.from({ length: 20 }, (_, index) => sampleRound(index + 1)) },
    'nothing to learn': {
      ...base,
      ending: { name: 'nothing-to-learn' as const, says: '11 sound pairs; the loop asks for 24.' },
      incumbent: unchanged,
      rounds: [{ ...withoutTraining(), labels: emptyLabels(), dataset: null, gallery: [] }],
    },
    'dataset only': datasetOnly(),
    'dataset only, failed before any round': {
      ...datasetOnly(),
      ending: { name: 'failed' as const, says: 'CredentialRefused.' },
      rounds: [],
    },
    'training failed': {
      ...base,
      ending: { name: 'failed' as const, says: 'TrainingFailed: the job ftjob-support-desk-1 ended as failed.' },
      incumbent: unchanged,
      rounds: [
        {
          ...withoutTraining(),
          training: { ...first.training!, status: 'failed', trainedTokens: null, hyperparameters: {} },
        },
      ],
    },
    'waiting for approval': {
      ...base,
      ending: {
        name: 'approval-pending' as const,
        says: 'Round 1 waits for a person to agree to the training on 121 pairs.',
      },
      incumbent: unchanged,
      rounds: [withoutTraining()],
    },
    refused: {
      ...base,
      incumbent: { before: base.incumbent.after, after: base.incumbent.after },
      rounds: [{ ...sampleRound(4), round: 1 }],
    },
    'failed before any round': {
      ...base,
      description: '',
      ending: { name: 'failed' as const, says: 'CredentialRefused.' },
      incumbent: { before: { model: 'desk-base', checkRate: null }, after: { model: 'desk-base', checkRate: null } },
      rounds: [],
      usage: noUsage,
      usageByStage: {},
      lineage: [],
    },
    'budget reached': {
      ...base,
      ending: { name: 'budget-reached' as const, says: 'USD 1.50 of USD 1.50 are spent.' },
      incumbent: { before: base.incumbent.before, after: { model: 'ft:desk-base:r1', checkRate: 0.5781 } },
      rounds: [first, { ...second, evaluation: null, heldOut: null, decision: null, promoted: null, beforeAfter: [] }],
    },
    'no checks': {
      ...base,
      incumbent: {
        before: { model: 'desk-base', checkRate: null },
        after: { model: 'ft:desk-base:r2', checkRate: null },
      },
      rounds: [withoutChecks(first), withoutChecks(second)],
    },
    'free of charge': { ...base, usage: { ...base.usage, usd: 0 }, usageByStage: free(base.usageByStage) },
    rollback: {
      ...base,
      lineage: [
        ...base.lineage,
        {
          model: 'desk-base',
          how: 'rollback' as const,
          at: 'yesterday',
          run: null,
          round: null,
          evidence: null,
          reason: 'It promised refunds.',
        },
      ],
    },
    hostile: hostile(),
  }).map(([name, report]) => [name, reportSchema.parse(report)]),
);

function datasetOnly() {
  const { 'sample-responses': sampling, 'judge-responses': judging } = first.usageByStage;
  return {
    ...base,
    method: null,
    ending: {
      name: 'dataset-ready' as const,
      says: 'The dataset has 134 pairs: 121 to train on and 13 for validation. The loop has no trainer, so nothing was trained.',
    },
    incumbent: { before: { model: 'desk-base', checkRate: null }, after: { model: 'desk-base', checkRate: null } },
    rounds: [{ ...withoutTraining(), usageByStage: { 'sample-responses': sampling, 'judge-responses': judging } }],
    usageByStage: { 'sample-responses': sampling, 'judge-responses': judging },
    lineage: base.lineage.slice(0, 1),
  };
}

function withoutTraining() {
  return {
    ...first,
    candidate: null,
    training: null,
    heldOut: null,
    evaluation: null,
    decision: null,
    promoted: null,
    beforeAfter: [],
  };
}

function emptyLabels() {
  return {
    ...first.labels,
    responses: 0,
    missing: {},
    verdicts: 0,
    verdictsByChecks: 0,
    abstentions: 0,
    abstentionReasons: {},
    ties: 0,
    orderConflicts: 0,
    pairs: 0,
    noPair: { 'fewer-than-two-responses': 192 },
    firstShownWins: null,
    canaries: { asked: 0, missed: 0, abstained: 0 },
    unreadableCritiques: 0,
  };
}

function withoutChecks(round: typeof first): typeof first {
  const unknown = (student: NonNullable<typeof first.heldOut>['incumbent']) => ({ ...student, checkRate: null });
  return {
    ...round,
    heldOut: { incumbent: unknown(round.heldOut!.incumbent), candidate: unknown(round.heldOut!.candidate) },
    beforeAfter: round.beforeAfter.map((reply) => ({
      ...reply,
      incumbentRight: null,
      candidateRight: null,
      outcome: 'abstention' as const,
    })),
  };
}

function free(byStage: Report['usageByStage']): Report['usageByStage'] {
  return Object.fromEntries(Object.entries(byStage).map(([stage, usage]) => [stage, { ...usage, usd: 0 }]));
}

/** Every text of the report is an attack. */
function hostile(): Report {
  let next = 0;
  const text = () => hostileTexts[next++ % hostileTexts.length]!;
  const rounds = base.rounds.map((round) => ({
    ...round,
    incumbent: text(),
    candidate: text(),
    labels: { ...round.labels, noPair: { [text()]: 55 }, missing: { [text()]: 2 } },
    dataset: { ...round.dataset!, warnings: [text()], leftOut: { [text()]: 3 } },
    training: { ...round.training!, job: text(), status: text(), hyperparameters: { [text()]: 1 } },
    decision: { ...round.decision!, reasons: [text()], guards: [{ ...round.decision!.guards[0]!, says: text() }] },
    gallery: Array.from({ length: 8 }, () => ({
      prompt: text(),
      chosen: text(),
      rejected: text(),
      margin: 1,
      decidedBy: 'teacher' as const,
      critiques: { chosen: text(), rejected: text() },
    })),
    beforeAfter: round.beforeAfter.map((reply) => ({ ...reply, prompt: text(), incumbent: text(), candidate: text() })),
  }));
  return {
    ...base,
    loop: text(),
    run: text(),
    description: text(),
    ending: { name: 'finished', says: text() },
    student: text(),
    teacher: text(),
    rounds,
    lineage: base.lineage.map((entry) => ({ ...entry, model: text(), at: text(), reason: text() })),
  };
}
